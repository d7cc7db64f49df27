<?php

declare(strict_types=1);

namespace Shop\Coupons;

final class CouponService
{
    public function __construct(private CouponStore $store) {}

    public function discount(string $code, int $cents, string $shop): int
    {
        $coupon = $this->store->byCode($code);
        if ($coupon === null) {
            return 0;
        }
        if (!array_search($shop, $coupon->shops, true)) {
            return 0;
        }
        return intdiv($cents * $coupon->percent, 100);
    }
}
