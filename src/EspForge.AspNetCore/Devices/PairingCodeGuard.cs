using Microsoft.Extensions.Options;

namespace EspForge.AspNetCore;

/// <summary>Counts wrong pairing codes per person: six digits are few, so guesses must be fewer.</summary>
internal sealed class PairingCodeGuard(IOptions<EspForgeOptions> options, TimeProvider time)
{
    private const int MaxActors = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (int Count, DateTimeOffset Since)> _tries = new(StringComparer.Ordinal);

    /// <summary>Counts a try before it is made, so that many at once count, too; <see langword="null"/> when it may be made, else how long to wait.</summary>
    public TimeSpan? TryBegin(string actor)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_tries.Count >= MaxActors)
            {
                foreach (var (old, _) in _tries.Where(t => now - t.Value.Since >= Window).ToList())
                    _tries.Remove(old);
            }

            var (count, since) = _tries.TryGetValue(actor, out var known) && now - known.Since < Window ? known : (0, now);
            if (count >= options.Value.WrongPairingCodesPerTenMinutes)
                return since + Window - now;
            _tries[actor] = (count + 1, since);
            return null;
        }
    }

    /// <summary>The code was right: the try does not count.</summary>
    public void Right(string actor)
    {
        lock (_gate)
        {
            if (_tries.TryGetValue(actor, out var known) && known.Count > 0)
                _tries[actor] = known with { Count = known.Count - 1 };
        }
    }
}
