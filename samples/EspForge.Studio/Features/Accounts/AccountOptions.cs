using System.ComponentModel.DataAnnotations;

namespace EspForge.Studio.Accounts;

/// <summary>Settings of sign-in, section <c>Studio:Accounts</c>.</summary>
public sealed class AccountOptions
{
    /// <summary>How long an access token is good for, in minutes.</summary>
    /// <value>The default is 15.</value>
    [Range(1, 60)]
    public int AccessTokenMinutes { get; set; } = 15;

    /// <summary>How long a refresh token is good for, in days.</summary>
    /// <value>The default is 14.</value>
    [Range(1, 90)]
    public int RefreshTokenDays { get; set; } = 14;

    /// <summary>Open sign-ins a person may have; one more closes the oldest.</summary>
    /// <value>The default is 20.</value>
    [Range(1, 1000)]
    public int MaxSignInsPerUser { get; set; } = 20;

    /// <summary>Wrong passwords until the account is locked.</summary>
    /// <value>The default is 5.</value>
    [Range(1, 100)]
    public int LockoutTries { get; set; } = 5;

    /// <summary>How long an account stays locked, in minutes.</summary>
    /// <value>The default is 10.</value>
    [Range(1, 1440)]
    public int LockoutMinutes { get; set; } = 10;

    /// <summary>Sign-in and set-up attempts a minute from one address.</summary>
    /// <value>The default is 30.</value>
    [Range(1, 100_000)]
    public int AttemptsPerAddressPerMinute { get; set; } = 30;

    /// <summary>Sign-in attempts a minute for one account, from all addresses.</summary>
    /// <value>The default is 15.</value>
    [Range(1, 100_000)]
    public int AttemptsPerAccountPerMinute { get; set; } = 15;

    /// <summary>Seconds a check that a sign-in is still open is remembered. Closing it here takes effect at once; by another process, after this time.</summary>
    /// <value>The default is 5.</value>
    [Range(0, 60)]
    public int SignInCacheSeconds { get; set; } = 5;

    /// <summary>Wrong API keys a minute from one address; then it is not listened to until the minute is over.</summary>
    /// <value>The default is 30.</value>
    [Range(1, 100_000)]
    public int WrongKeysPerAddressPerMinute { get; set; } = 30;
}
