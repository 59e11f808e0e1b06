using System.Security.Cryptography;
using EspForge.Devices;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace EspForge.AspNetCore;

/// <summary>
/// Device tokens: JWT, HS256, audience <c>espforge-device</c>, subject the device id. The claim <c>key</c> names the device key it was got with, so that a new key ends
/// the tokens of the old one.
/// </summary>
internal sealed class DeviceTokens
{
    private const string Issuer = "espforge";
    private const string Audience = "espforge-device";
    private const string KeyClaim = "key";

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, SetDefaultTimesOnTokenCreation = false };
    private readonly IOptions<EspForgeOptions> _options;
    private readonly TimeProvider _time;
    private readonly Lazy<SymmetricSecurityKey> _key;

    public DeviceTokens(IOptions<EspForgeOptions> options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _key = new(() => new SymmetricSecurityKey(HKDF.DeriveKey(
            HashAlgorithmName.SHA256, SecretFile.ReadOrCreate(Path.Combine(options.Value.KeyDirectory, "device-token.key")), 32, info: "espforge device token v1"u8.ToArray())));
    }

    public string Issue(DeviceIdentity device)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + _options.Value.DeviceTokenLifetime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["sub"] = device.DeviceId, [KeyClaim] = KeyName(device.KeyHash) },
            SigningCredentials = new SigningCredentials(_key.Value, SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>Device id and key name of a token that is ours and in force.</summary>
    public async Task<(string DeviceId, string KeyName)?> ReadAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKey = _key.Value,
            RequireExpirationTime = true,
            LifetimeValidator = (from, to, _, _) => to > _time.GetUtcNow().UtcDateTime && (from is null || from <= _time.GetUtcNow().UtcDateTime.AddMinutes(1)),
        });
        return result is { IsValid: true, SecurityToken: JsonWebToken { Subject: { Length: > 0 } subject } jwt } && jwt.TryGetPayloadValue<string>(KeyClaim, out var key) && key is not null
            ? (subject, key)
            : null;
    }

    public static string KeyName(byte[] keyHash) => Convert.ToHexStringLower(keyHash.AsSpan(0, 8));
}
