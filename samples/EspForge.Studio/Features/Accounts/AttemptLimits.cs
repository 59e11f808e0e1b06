using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using EspForge.AspNetCore;
using Microsoft.Extensions.Options;

namespace EspForge.Studio.Accounts;

/// <summary>How often somebody may try a password or the set-up code: per address and per account, so that neither one source nor many sources help a guesser.</summary>
internal sealed class AttemptLimits : IDisposable
{
    private const int UnknownEntriesPerMinute = 10;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly PartitionedRateLimiter<string> _addresses;
    private readonly PartitionedRateLimiter<string> _accounts;
    private readonly PartitionedRateLimiter<string> _unknown;
    private readonly FixedWindowRateLimiter _unknownEntries = new(new FixedWindowRateLimiterOptions { PermitLimit = UnknownEntriesPerMinute, Window = Minute, QueueLimit = 0 });
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];

    public AttemptLimits(IOptions<AccountOptions> options)
    {
        _addresses = Window(options.Value.AttemptsPerAddressPerMinute, Minute);
        _accounts = Window(options.Value.AttemptsPerAccountPerMinute, Minute);
        _unknown = Window(options.Value.LockoutTries, TimeSpan.FromMinutes(options.Value.LockoutMinutes));
    }

    /// <summary>Counts an attempt from this address.</summary>
    public ApiRefusal? Address(IPAddress? address) => Take(_addresses, Network(address));

    /// <summary>Counts an attempt for this account.</summary>
    public ApiRefusal? Account(string email) => Take(_accounts, Key(email));

    /// <summary>Counts a try for an account that does not exist; <see langword="false"/> where an existing one would be locked by now.</summary>
    public bool UnknownAccount(string email)
    {
        using var lease = _unknown.AttemptAcquire(Key(email));
        return lease.IsAcquired;
    }

    /// <summary>Whether a try for an account that does not exist is still written to the audit log in this minute.</summary>
    public bool UnknownEntry()
    {
        using var lease = _unknownEntries.AttemptAcquire();
        return lease.IsAcquired;
    }

    /// <summary>One try at a time per account, so that tries at once cannot pass the lockout's count.</summary>
    public async Task<IDisposable> TurnAsync(string email, CancellationToken cancel)
    {
        var turn = _turns[(uint)Key(email).GetHashCode(StringComparison.Ordinal) % _turns.Length];
        await turn.WaitAsync(cancel);
        return new Turn(turn);
    }

    public void Dispose()
    {
        _addresses.Dispose();
        _accounts.Dispose();
        _unknown.Dispose();
        _unknownEntries.Dispose();
        foreach (var turn in _turns)
            turn.Dispose();
    }

    /// <summary>An IPv6 subscriber has a /64, so that is what counts as one address.</summary>
    internal static string Network(IPAddress? address)
    {
        if (address is null)
            return "unknown";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    private static string Key(string email) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(email.ToUpperInvariant())), 0, 16);

    private static PartitionedRateLimiter<string> Window(int permits, TimeSpan window) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = window, QueueLimit = 0 }));

    private static ApiRefusal? Take(PartitionedRateLimiter<string> limiter, string key)
    {
        using var lease = limiter.AttemptAcquire(key);
        if (lease.IsAcquired)
            return null;
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Minute;
        return new ApiRefusal(new Fault("rate-limited", "Too many attempts. Wait a moment, then try again."), null, wait);
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
