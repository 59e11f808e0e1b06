using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Devices;

/// <summary>Where a claim stands.</summary>
public enum ClaimState
{
    /// <summary>Waits for a person to type its code.</summary>
    Open,

    /// <summary>The code was typed in; the device has not fetched its credentials yet.</summary>
    Approved,

    /// <summary>The device has its credentials. Terminal.</summary>
    Delivered,

    /// <summary>Another claim of the same hardware took its place. Terminal.</summary>
    Withdrawn,
}

/// <summary>What a device says when it asks to be adopted.</summary>
public sealed record ClaimRequest(string HardwareId, string Product, string Chip, string? Board, string AgentVersion, DeviceHardware? Hardware = null)
{
    /// <summary>The first field that is wrong and why, or <see langword="null"/>.</summary>
    public (string Field, string Message)? Check()
    {
        if (DeviceFields.CheckHardwareId(HardwareId) is { } hardware)
            return ("hardwareId", hardware);
        if (DeviceFields.CheckProduct(Product) is { } product)
            return ("product", product);
        if (DeviceFields.CheckChip(Chip) is { } chip)
            return ("chip", chip);
        if (Board is not null && DeviceFields.CheckBoard(Board) is { } board)
            return ("board", board);
        return DeviceFields.CheckVersion(AgentVersion) is { } agent ? ("agentVersion", agent) : Hardware?.Check();
    }
}

/// <summary>A claim as given to the device.</summary>
/// <param name="ClaimId">32 hex digits.</param>
/// <param name="PairingCode">Six digits for a person to type.</param>
/// <param name="PollToken">Proves the device when it polls; base64url of 32 bytes. Only its SHA-256 is kept.</param>
/// <param name="ExpiresAt">When the code ends.</param>
public sealed record Claim(string ClaimId, string PairingCode, string PollToken, DateTimeOffset ExpiresAt)
{
    /// <summary>A new claim; every part is from the cryptographic generator.</summary>
    public static Claim Generate(DateTimeOffset expiresAt) => new(
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
        RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture),
        Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
        expiresAt);

    /// <summary>SHA-256 of a poll token, as it is kept.</summary>
    public static byte[] HashToken(string pollToken)
    {
        ArgumentNullException.ThrowIfNull(pollToken);
        return SHA256.HashData(Encoding.UTF8.GetBytes(pollToken));
    }

    /// <summary>Whether the text is six digits.</summary>
    public static bool IsPairingCode(string? code) => code is { Length: 6 } && code.All(char.IsAsciiDigit);
}

/// <summary>What polling a claim found.</summary>
public enum ClaimPoll
{
    /// <summary>No such claim, or not this token.</summary>
    Unknown,

    /// <summary>Nobody has typed the code yet.</summary>
    Pending,

    /// <summary>Expired, withdrawn, or delivered already.</summary>
    Gone,

    /// <summary>The credentials are now the device's; deliver them.</summary>
    Delivered,
}

/// <summary>What polling found, and whose device it is when credentials are delivered.</summary>
public sealed record ClaimDelivery(ClaimPoll Poll, string? Organization = null, string? DeviceId = null);

/// <summary>Keeps claims.</summary>
public interface IClaimStore
{
    /// <summary>
    /// Keeps a new claim and withdraws the open one of the same hardware. Fault <c>rate-limited</c> when <paramref name="maxOpen"/> claims wait already.
    /// A pairing code that is in use is replaced by another.
    /// </summary>
    Task<Outcome<Claim>> OpenAsync(ClaimRequest request, DateTimeOffset expiresAt, DateTimeOffset now, int maxOpen, CancellationToken cancel = default);

    /// <summary>
    /// A person typed the code: the device is made in the organization, or, when its hardware is known there, taken again. The claim can be fetched for
    /// <paramref name="fetchUntil"/>. Fault <c>pairing-code-unknown</c>.
    /// </summary>
    Task<Outcome<Device>> ApproveAsync(string organization, string pairingCode, DeviceChange said, DateTimeOffset fetchUntil, DateTimeOffset now, Func<Device, AuditDraft> entry, CancellationToken cancel = default);

    /// <summary>
    /// The device polls. When the claim is approved, it is marked as delivered and the device gets the credentials that <paramref name="credentials"/> makes for
    /// its id, in one transaction; what was the device's key until then ends.
    /// </summary>
    Task<ClaimDelivery> PollAsync(string claimId, byte[] pollTokenHash, DateTimeOffset now, Func<string, DeviceCredentials> credentials, CancellationToken cancel = default);
}
