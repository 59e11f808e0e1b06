using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace EspForge.AspNetCore;

/// <summary>Something changed: what to ask for again.</summary>
/// <param name="Kind"><c>rollout device build release image project toolchain virtual-device audit</c>.</param>
/// <param name="Id">Of what; <c>*</c> when too many of the kind changed at once to name them.</param>
public sealed record EspForgeChange(string Kind, string Id);

/// <summary>
/// Tells people's open pages that something changed. Never waits: a subscriber that is slow gets the same change once instead of often, and at most
/// ten times a second; one that lags far behind gets <c>*</c> for a kind.
/// </summary>
public sealed class EspForgeEvents(TimeProvider time)
{
    /// <summary>Changes of one kind that are named to one subscriber at once.</summary>
    internal const int MaxPending = 1_000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<Subscription, byte> _subscriptions = new();

    /// <summary>Tells the subscribers of the organization.</summary>
    public void Publish(string kind, string organization, string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentException.ThrowIfNullOrEmpty(organization);
        ArgumentNullException.ThrowIfNull(id);
        foreach (var (subscription, _) in _subscriptions)
        {
            if (string.Equals(subscription.Organization, organization, StringComparison.Ordinal))
                subscription.Add(new EspForgeChange(kind, id));
        }
    }

    /// <summary>The changes of an organization from now on, until <paramref name="cancel"/>. The subscription is there when this returns.</summary>
    public IAsyncEnumerable<EspForgeChange> Subscribe(string organization, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(organization);
        var subscription = new Subscription(organization);
        _subscriptions.TryAdd(subscription, 0);
        return ReadAsync(subscription, cancel);
    }

    internal int Subscribers => _subscriptions.Count;

    private async IAsyncEnumerable<EspForgeChange> ReadAsync(Subscription subscription, [EnumeratorCancellation] CancellationToken cancel)
    {
        using (subscription)
        {
            try
            {
                while (!cancel.IsCancellationRequested)
                {
                    await subscription.WaitAsync(cancel);
                    foreach (var change in subscription.Take())
                        yield return change;
                    await Task.Delay(Pace, time, cancel);
                }
            }
            finally
            {
                _subscriptions.TryRemove(subscription, out _);
            }
        }
    }

    private sealed class Subscription(string organization) : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly SemaphoreSlim _ready = new(0, 1);
        private HashSet<EspForgeChange> _pending = [];

        public string Organization => organization;

        public Task WaitAsync(CancellationToken cancel) => _ready.WaitAsync(cancel);

        public void Add(EspForgeChange change)
        {
            lock (_gate)
            {
                var every = change with { Id = "*" };
                if (_pending.Contains(every) || !_pending.Add(change))
                    return;
                if (_pending.Count > MaxPending)
                {
                    // A new set, not a smaller one: it is read in the order of its changes.
                    _pending = [.. _pending.Where(c => !string.Equals(c.Kind, change.Kind, StringComparison.Ordinal)), every];
                }

                if (_ready.CurrentCount == 0)
                    _ready.Release();
            }
        }

        public HashSet<EspForgeChange> Take()
        {
            lock (_gate)
            {
                var taken = _pending;
                _pending = [];
                return taken;
            }
        }

        public void Dispose() => _ready.Dispose();
    }
}
