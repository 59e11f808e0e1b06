using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EspForge.Ota;

/// <summary>Public keys as documents: JWKS (RFC 7517, RFC 7518 section 6) and PEM (SubjectPublicKeyInfo, RFC 7468).</summary>
public static class KeySet
{
    /// <summary>Media type of <see cref="ToJwks"/>.</summary>
    public const string JwksMediaType = "application/jwk-set+json";

    /// <summary>Media type of <see cref="ToPem"/> (RFC 8555 section 9.1).</summary>
    public const string PemMediaType = "application/x-pem-file";

    private const int MaximumKeys = 64;

    /// <summary>The keys as a JWK set, UTF-8.</summary>
    public static byte[] ToJwks(IEnumerable<TrustedKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys)
            {
                json.WriteStartObject();
                if (key.RsaParameters() is { } rsa)
                {
                    json.WriteString("kty", "RSA");
                    json.WriteString("n", Base64Url.EncodeToString(rsa.Modulus));
                    json.WriteString("e", Base64Url.EncodeToString(rsa.Exponent));
                }
                else
                {
                    json.WriteString("kty", "EC");
                    json.WriteString("crv", "P-256");
                    json.WriteString("x", Base64Url.EncodeToString(key.DeviceKey.Span.Slice(1, 32)));
                    json.WriteString("y", Base64Url.EncodeToString(key.DeviceKey.Span.Slice(33, 32)));
                }

                json.WriteString("kid", key.KeyId);
                json.WriteString("alg", key.Algorithm);
                json.WriteString("use", "sig");
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The keys as PEM, one <c>PUBLIC KEY</c> block each.</summary>
    public static string ToPem(IEnumerable<TrustedKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var text = new StringBuilder();
        foreach (var key in keys) text.Append(PemEncoding.WriteString("PUBLIC KEY", key.PublicKey.Span)).Append('\n');
        return text.ToString();
    }

    /// <summary>Reads the <c>PUBLIC KEY</c> blocks of a PEM text, in order; RSA keys are for PS256. Fault <c>key-malformed</c> when there is none or one is of another kind.</summary>
    public static Outcome<IReadOnlyList<TrustedKey>> FromPem(ReadOnlySpan<char> pem)
    {
        var keys = new List<TrustedKey>();
        var rest = pem;
        while (keys.Count < MaximumKeys && PemEncoding.TryFind(rest, out var block))
        {
            if (rest[block.Label] is not "PUBLIC KEY")
                return new Fault("key-malformed", $"The PEM block is '{rest[block.Label]}'; expected 'PUBLIC KEY'.");
            if (!TrustedKey.FromSubjectPublicKeyInfo(Convert.FromBase64String(rest[block.Base64Data].ToString())).TryGet(out var key, out var fault)) return fault;
            keys.Add(key);
            rest = rest[block.Location.End..];
        }

        return keys.Count > 0 ? keys : new Fault("key-malformed", "The text holds no PEM block; expected '-----BEGIN PUBLIC KEY-----'.");
    }

    /// <summary>Reads a JWK set. Keys of other types are skipped, as RFC 7517 section 5 asks; fault <c>key-malformed</c> when none is left or the set is broken.</summary>
    public static Outcome<IReadOnlyList<TrustedKey>> FromJwks(ReadOnlyMemory<byte> json)
    {
        var keys = new List<TrustedKey>();
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out var list) || list.ValueKind != JsonValueKind.Array)
                return new Fault("key-malformed", "The JSON is no JWK set: it has no array 'keys'.");

            foreach (var entry in list.EnumerateArray().Take(MaximumKeys))
            {
                if (Text(entry, "kty") is "RSA")
                {
                    if (!Rsa(entry).TryGet(out var rsa, out var wrong)) return wrong;
                    keys.Add(rsa);
                    continue;
                }

                if (Text(entry, "kty") is not "EC" || Text(entry, "crv") is not "P-256") continue;
                var point = new byte[65];
                point[0] = 0x04;
                if (!Coordinate(entry, "x", point.AsSpan(1, 32)) || !Coordinate(entry, "y", point.AsSpan(33, 32)))
                    return new Fault("key-malformed", "A P-256 key of the JWK set has no 'x' and 'y' of 32 bytes in base64url.");
                if (!TrustedKey.FromPoint(point).TryGet(out var key, out var fault)) return fault;
                keys.Add(key);
            }
        }
        catch (JsonException e)
        {
            return new Fault("key-malformed", $"The JWK set is not JSON: {e.Message}");
        }

        return keys.Count > 0 ? keys : new Fault("key-malformed", "The JWK set holds no key of type EC on P-256, nor of type RSA.");
    }

    private static Outcome<TrustedKey> Rsa(JsonElement entry)
    {
        var (n, e) = (Text(entry, "n"), Text(entry, "e"));
        if (n is null || e is null || n.Length > 1_024 || e.Length > 8 || !Base64Url.IsValid(n) || !Base64Url.IsValid(e))
            return new Fault("key-malformed", "An RSA key of the JWK set has no 'n' and 'e' in base64url.");
        try
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = Base64Url.DecodeFromChars(n), Exponent = Base64Url.DecodeFromChars(e) });
            return TrustedKey.FromSubjectPublicKeyInfo(rsa.ExportSubjectPublicKeyInfo(), Text(entry, "alg") is "RS256" ? TrustedKey.Rs256 : TrustedKey.Ps256);
        }
        catch (CryptographicException)
        {
            return new Fault("key-malformed", "An RSA key of the JWK set is none of 2,048 or 3,072 bits.");
        }
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Coordinate(JsonElement entry, string name, Span<byte> into)
    {
        var text = Text(entry, name);
        return text is { Length: 43 } && Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, into, out var written) && written == into.Length;
    }
}
