using System;

namespace Offers;

/// <summary>Offers are pure: the time comes in as a parameter, so that prices of any day can be computed again.</summary>
public sealed record Offer(string Code, DateOnly LastDay, string TimeZone)
{
    public bool Holds(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime) <= LastDay;
}
