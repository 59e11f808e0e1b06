using EspForge.AspNetCore;
using EspForge.Devices;

namespace EspForge.Studio.Accounts;

/// <summary>A person as the API shows them.</summary>
/// <param name="Id">Id.</param>
/// <param name="Email">E-mail address.</param>
/// <param name="DisplayName">A name for people.</param>
/// <param name="Role">admin, developer or viewer.</param>
/// <param name="Organization">The organization.</param>
/// <param name="Disabled">Whether sign-in is closed.</param>
/// <param name="Permissions">What the role may do.</param>
public sealed record User(Guid Id, string Email, string DisplayName, string Role, string Organization, bool Disabled, IReadOnlyList<string> Permissions)
{
    internal static User Of(StudioUser user, Membership membership) => new(
        user.Id, user.Email ?? "", user.DisplayName, membership.Role, membership.OrganizationId, user.Disabled, RolePermissions.Of(membership.Role));
}

/// <summary>What signing in gives.</summary>
/// <param name="AccessToken">For <c>Authorization: Bearer</c>.</param>
/// <param name="ExpiresInSeconds">How long the access token is good for.</param>
/// <param name="RefreshToken">For <c>auth/refresh</c>, once; null when it is in the cookie.</param>
/// <param name="User">Who signed in.</param>
public sealed record Session(string AccessToken, int ExpiresInSeconds, string? RefreshToken, User User);

/// <summary>What is asked of a new account's fields.</summary>
internal static class AccountFields
{
    public const int MaxDisplayName = 80;
    public const int MaxEmail = 254;

    public static string? CheckEmail(string email) =>
        email.Length is < 3 or > MaxEmail || !System.Net.Mail.MailAddress.TryCreate(email, out var address) || !string.Equals(address.Address, email, StringComparison.Ordinal)
            || email.Any(char.IsWhiteSpace) || !DeviceFields.IsOneLine(email)
            ? "This is not an e-mail address."
            : null;

    public static string? CheckDisplayName(string name) =>
        string.IsNullOrWhiteSpace(name) || name.Length > MaxDisplayName || !DeviceFields.IsOneLine(name)
            ? $"A name has 1 to {MaxDisplayName} characters, without control characters."
            : null;

    public static bool IsRole(string role) => role is RolePermissions.Admin or RolePermissions.Developer or RolePermissions.Viewer;

    /// <summary>The fields that are wrong, or nothing.</summary>
    public static ApiRefusal? Check(string email, string password, string? displayName)
    {
        var problems = new List<ApiDetail>();
        if (CheckEmail(email) is { } badEmail)
            problems.Add(new ApiDetail("email", badEmail));
        if (displayName is not null && CheckDisplayName(displayName) is { } badName)
            problems.Add(new ApiDetail("displayName", badName));
        if (PasswordRules.Check(password, email, displayName) is { } badPassword)
            problems.Add(new ApiDetail("password", badPassword));
        return problems.Count == 0 ? null : ApiResults.Invalid(problems);
    }
}
