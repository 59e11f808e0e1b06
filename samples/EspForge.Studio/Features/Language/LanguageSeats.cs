using Microsoft.Extensions.Options;

namespace EspForge.Studio.Language;

/// <summary>Who has a language server: one for a person and project, and so many on the host.</summary>
internal sealed class LanguageSeats(IOptions<LanguageOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Guid User, Guid Project), Seat> _taken = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _taken.Count;
        }
    }

    /// <summary>A seat, or <see langword="null"/> when all are taken. Who has one for the project already gets it anew; the old one is told to end.</summary>
    public Seat? Take(Guid user, Guid project)
    {
        Seat? old;
        Seat seat;
        lock (_gate)
        {
            if (!_taken.TryGetValue((user, project), out old) && _taken.Count >= options.Value.MaxSessions)
                return null;
            seat = new Seat(this, user, project);
            _taken[(user, project)] = seat;
        }

        old?.Replace();
        return seat;
    }

    internal sealed class Seat(LanguageSeats seats, Guid user, Guid project) : IDisposable
    {
        private readonly CancellationTokenSource _replaced = new();

        /// <summary>Cancelled when the same person opened the project in another place.</summary>
        public CancellationToken Replaced => _replaced.Token;

        public void Replace() => _replaced.Cancel();

        public void Dispose()
        {
            lock (seats._gate)
            {
                if (seats._taken.TryGetValue((user, project), out var seat) && ReferenceEquals(seat, this))
                    seats._taken.Remove((user, project));
            }
        }
    }
}
