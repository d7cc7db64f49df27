<?php

declare(strict_types=1);

namespace Shop\Coupons;

final class CouponService
{
    public function __construct(private CouponStore $store) {}

    public function discount(string $code, int $cents): int
    {
        $coupon = $this->store->byCode($code);
        if ($coupon === null) {
            return 0;
        }
        return intdiv($cents * $coupon->percent, 100);
    }

    /** Rank of a shop among those that a coupon names, from 1; null where it names it not. */
    public function rank(Coupon $coupon, string $shop): ?int
    {
        $index = array_search($shop, $coupon->shops, true);
        return $index === false ? null : $index + 1;
    }
}
