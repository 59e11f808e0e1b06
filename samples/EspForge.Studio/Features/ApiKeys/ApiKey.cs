using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using EspForge.AspNetCore;

namespace EspForge.Studio.ApiKeys;

/// <summary>A key that a program calls the API with, for the person who made it. Only its hash is kept.</summary>
public sealed class ApiKeyRow
{
    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 80;

    /// <summary>Id, time-ordered.</summary>
    public required Guid Id { get; init; }

    /// <summary>The organization it opens.</summary>
    public required string Organization { get; init; }

    /// <summary>Who made it; it never may more than they.</summary>
    public required Guid UserId { get; init; }

    /// <summary>What it is for.</summary>
    public required string Name { get; init; }

    /// <summary>Names of permissions, joined by spaces.</summary>
    public required string Permissions { get; init; }

    /// <summary>SHA-256 of the key, 64 lower-case hex digits.</summary>
    public required string Hash { get; init; }

    /// <summary>How it begins, to tell keys apart.</summary>
    public required string Prefix { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends, or <see langword="null"/>.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was used last, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>When it was revoked. The row stays, so that the audit log can name it.</summary>
    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>An API key as the API shows it.</summary>
/// <param name="Id">Id; its actor in the audit log is <c>key:ID</c>.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Permissions">What it may, as long as its maker may.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who made it, as an audit actor.</param>
/// <param name="ExpiresAt">When it ends, or null.</param>
/// <param name="LastUsedAt">When it was used last, to the minute.</param>
/// <param name="Prefix">How it begins.</param>
public sealed record ApiKey(
    Guid Id, string Name, IReadOnlyList<string> Permissions, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, string Prefix)
{
    internal static ApiKey Of(ApiKeyRow row) => new(
        row.Id, row.Name, row.Permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries), row.CreatedAt, $"user:{row.UserId:D}", row.ExpiresAt, row.LastUsedAt, row.Prefix);
}

/// <summary>The text of a key: <c>efk_</c> and 32 random bytes in base64url.</summary>
internal static class ApiKeyText
{
    public const string Start = "efk_";
    private const int Bytes = 32;
    private const int Characters = 4 + 43;
    private const int PrefixCharacters = 10;

    /// <summary>What no key may: a program makes no keys and no users.</summary>
    public static bool MayHold(string permission) => permission is not (Permissions.ApiKeysManage or Permissions.UsersManage);

    public static string Make() => Start + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static string PrefixOf(string key) => key[..PrefixCharacters];

    public static bool TryHash(string sent, [NotNullWhen(true)] out string? hash)
    {
        hash = sent.Length == Characters && sent.StartsWith(Start, StringComparison.Ordinal) ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sent))) : null;
        return hash is not null;
    }
}
