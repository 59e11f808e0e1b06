namespace EspForge.Devices;

/// <summary>A command to a device as it is signed and sent (docs/protocol.md 6).</summary>
/// <param name="DeviceId">To whom.</param>
/// <param name="Action">What to do: 1–64 of <c>a-z 0-9 - _ .</c>.</param>
/// <param name="Params">A JSON text exactly as sent, or <see langword="null"/>. At most 2,048 bytes.</param>
/// <param name="RequestId">1–64 of <c>A-Z a-z 0-9 - _ .</c>.</param>
/// <param name="IssuedAt">Unix milliseconds.</param>
/// <param name="ExpiresAt">Unix milliseconds, after <paramref name="IssuedAt"/>, at most a day.</param>
/// <param name="Nonce">16–64 of <c>A-Z a-z 0-9 - _</c>, never used twice within its life.</param>
/// <param name="Sig">base64url of HMAC-SHA256, 43 characters.</param>
public sealed record CommandEnvelope(
    string DeviceId, string Action, string? Params, string RequestId, long IssuedAt, long ExpiresAt, string Nonce, string Sig);
