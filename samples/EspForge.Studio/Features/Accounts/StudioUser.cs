using Microsoft.AspNetCore.Identity;

namespace EspForge.Studio.Accounts;

/// <summary>A person who signs in.</summary>
public sealed class StudioUser : IdentityUser<Guid>
{
    /// <summary>A name for people, 1–80 characters.</summary>
    public required string DisplayName { get; set; }

    /// <summary>A disabled user cannot sign in, and what they had open is closed.</summary>
    public bool Disabled { get; set; }

    /// <summary>When the account was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The organizations they belong to; today exactly one.</summary>
    public List<Membership> Memberships { get; } = [];
}

/// <summary>Whose projects, releases and devices they are.</summary>
public sealed class Organization
{
    /// <summary>The id of the organization that is made with the first administrator.</summary>
    public const string Main = "main";

    /// <summary>Short name, 1–40 of <c>a-z 0-9 -</c>.</summary>
    public required string Id { get; init; }

    /// <summary>A name for people.</summary>
    public required string Name { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A person's role in an organization.</summary>
public sealed class Membership
{
    /// <summary>The person.</summary>
    public required Guid UserId { get; init; }

    /// <summary>The organization.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>One of <see cref="Roles"/>.</summary>
    public required string Role { get; set; }
}

/// <summary>
/// One sign-in on one device or browser: the family its refresh tokens belong to. Closing it ends the refresh tokens and the access tokens made
/// from them.
/// </summary>
public sealed class SignIn
{
    /// <summary>Id, time-ordered.</summary>
    public required Guid Id { get; init; }

    /// <summary>Who signed in.</summary>
    public required Guid UserId { get; init; }

    /// <summary>In which organization.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its youngest refresh token ends.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When it was closed, or <see langword="null"/>.</summary>
    public DateTimeOffset? ClosedAt { get; set; }
}

/// <summary>A refresh token, good for one use. Only its hash is kept.</summary>
public sealed class RefreshToken
{
    /// <summary>SHA-256 of the token, 64 lower-case hex digits.</summary>
    public required string Hash { get; init; }

    /// <summary>Its family.</summary>
    public required Guid SignInId { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was exchanged for the next one, or <see langword="null"/>. Shown again after that, it closes the family.</summary>
    public DateTimeOffset? UsedAt { get; set; }
}
