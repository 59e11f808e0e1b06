using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EspForge.Devices;

/// <summary>Signs commands with a device's secret, and checks them as a device does (docs/protocol.md 6).</summary>
public static class CommandSigner
{
    /// <summary>Longest life of a command.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(1);

    /// <summary>How far a command's issue may lie ahead of the device's clock.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Signs a new command with a fresh nonce. Fault <c>command-invalid</c> names the field that is wrong; no field may hold a line break, or two commands
    /// could share a signature.
    /// </summary>
    public static Outcome<CommandEnvelope> Sign(
        ReadOnlySpan<byte> secret, string deviceId, string action, string? parameters, string requestId, DateTimeOffset issuedAt, TimeSpan lifetime)
    {
        RequireSecret(secret);
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var issued = issuedAt.ToUnixTimeMilliseconds();
        var unsigned = new CommandEnvelope(deviceId, action, parameters, requestId, issued, issued + (long)lifetime.TotalMilliseconds, nonce, "");
        if (Check(unsigned) is { } fault)
            return fault;
        return unsigned with { Sig = Signature(secret, unsigned) };
    }

    /// <summary>
    /// Checks a command: form (<c>command-invalid</c>), addressee (<c>command-device</c>), signature (<c>command-signature</c>), life
    /// (<c>command-expired</c>, <c>command-early</c>), and that the nonce is new (<c>command-replayed</c>). The nonce is remembered only when all else holds.
    /// Returns <see langword="null"/> when the command is to be obeyed.
    /// </summary>
    public static Fault? Verify(ReadOnlySpan<byte> secret, CommandEnvelope command, string deviceId, DateTimeOffset now, NonceWindow nonces)
    {
        RequireSecret(secret);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(nonces);
        if (Check(command) is { } fault)
            return fault;
        if (!string.Equals(command.DeviceId, deviceId, StringComparison.Ordinal))
            return new Fault("command-device", "The command is for another device.");
        var expected = Encoding.ASCII.GetBytes(Signature(secret, command));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(command.Sig)))
            return new Fault("command-signature", "The command's signature does not fit its content.");
        var ms = now.ToUnixTimeMilliseconds();
        if (command.ExpiresAt <= ms)
            return new Fault("command-expired", "The command has expired.");
        if (command.IssuedAt > ms + (long)ClockSkew.TotalMilliseconds)
            return new Fault("command-early", "The command was issued in the future; one of the clocks is wrong.");
        return nonces.TryRemember(command.Nonce, command.ExpiresAt, ms) switch
        {
            NonceOutcome.New => null,
            NonceOutcome.Seen => new Fault("command-replayed", "The command was obeyed already."),
            _ => new Fault("command-busy", "Too many commands are alive at once; send it again later."),
        };
    }

    /// <summary>What is signed: the fields as lines.</summary>
    internal static string Text(CommandEnvelope command) => string.Join('\n', command.DeviceId, command.Action, command.Params ?? "", command.RequestId,
        command.IssuedAt.ToString(CultureInfo.InvariantCulture), command.ExpiresAt.ToString(CultureInfo.InvariantCulture), command.Nonce);

    private static string Signature(ReadOnlySpan<byte> secret, CommandEnvelope command) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(Text(command))));

    private static Fault? Check(CommandEnvelope command)
    {
        static Fault Wrong(string why) => new("command-invalid", why);
        if (DeviceFields.CheckDeviceId(command.DeviceId) is { } device)
            return Wrong(device);
        if (command.Action is not { Length: >= 1 and <= 64 } || !command.Action.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.'))
            return Wrong("An action is 1–64 of a-z 0-9 - _ .");
        if (command.Params is { } parameters && (parameters.Contains('\n', StringComparison.Ordinal) || parameters.Contains('\r', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(parameters) > 2048))
            return Wrong("The parameters are one line of JSON, at most 2,048 bytes.");
        if (command.RequestId is not { Length: >= 1 and <= 64 } || !command.RequestId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            return Wrong("A request id is 1–64 of A-Z a-z 0-9 - _ .");
        if (command.Nonce is not { Length: >= 16 and <= 64 } || !command.Nonce.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return Wrong("A nonce is 16–64 of A-Z a-z 0-9 - _.");
        if (command.IssuedAt < 0 || command.ExpiresAt <= command.IssuedAt || command.ExpiresAt - command.IssuedAt > (long)MaxLifetime.TotalMilliseconds)
            return Wrong("A command ends after it was issued, within a day.");
        return command.Sig is null ? Wrong("A command has a signature.") : null;
    }

    private static void RequireSecret(ReadOnlySpan<byte> secret)
    {
        if (secret.Length != CommandSecret.Length)
            throw new ArgumentException($"A command secret is {CommandSecret.Length} bytes.", nameof(secret));
    }
}

/// <summary>What became of a nonce.</summary>
public enum NonceOutcome
{
    /// <summary>Not seen before, remembered now.</summary>
    New,

    /// <summary>Seen before, within its life.</summary>
    Seen,

    /// <summary>No room; nothing was remembered.</summary>
    Full,
}

/// <summary>Remembers the nonces of the commands that have not expired. Not safe for use by several threads at once.</summary>
/// <param name="capacity">Most nonces at once, 1 … 65,536.</param>
public sealed class NonceWindow(int capacity = 64)
{
    private readonly int _capacity = capacity is >= 1 and <= 65_536 ? capacity : throw new ArgumentOutOfRangeException(nameof(capacity));
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);

    /// <summary>Remembers the nonce until <paramref name="expiresAt"/>, unless it is known or there is no room. Times are Unix milliseconds.</summary>
    public NonceOutcome TryRemember(string nonce, long expiresAt, long now)
    {
        ArgumentNullException.ThrowIfNull(nonce);
        if (_seen.TryGetValue(nonce, out var until) && until > now)
            return NonceOutcome.Seen;
        if (_seen.Count >= _capacity)
        {
            foreach (var (old, _) in _seen.Where(e => e.Value <= now).ToList())
                _seen.Remove(old);
            if (_seen.Count >= _capacity)
                return NonceOutcome.Full;
        }

        _seen[nonce] = expiresAt;
        return NonceOutcome.New;
    }
}
