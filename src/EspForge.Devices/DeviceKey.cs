using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Devices;

/// <summary>What a device proves itself with: <c>efk_</c> and 32 random bytes in base64url. Shown once; only its SHA-256 is kept.</summary>
public static class DeviceKey
{
    /// <summary>Characters of a key.</summary>
    public const int Length = 47;

    private const string Prefix = "efk_";

    /// <summary>A new key.</summary>
    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether the text has the form of a key.</summary>
    public static bool IsWellFormed(string? key) =>
        key is { Length: Length } && key.StartsWith(Prefix, StringComparison.Ordinal) && Base64Url.IsValid(key.AsSpan(Prefix.Length), out var bytes) && bytes == 32;

    /// <summary>SHA-256 of the key's characters, as it is kept.</summary>
    public static byte[] Hash(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return SHA256.HashData(Encoding.UTF8.GetBytes(key));
    }

    /// <summary>Whether the key is the one of this hash, in constant time.</summary>
    public static bool Matches(string key, ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(Hash(key), hash);
}

/// <summary>What commands to a device are signed with: 32 random bytes.</summary>
public static class CommandSecret
{
    /// <summary>Bytes of a secret.</summary>
    public const int Length = 32;

    /// <summary>A new secret.</summary>
    public static byte[] Generate() => RandomNumberGenerator.GetBytes(Length);

    /// <summary>As it is delivered: base64url, 43 characters.</summary>
    public static string Encode(ReadOnlySpan<byte> secret) => Base64Url.EncodeToString(secret);
}
