using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Hosting.Internal;

namespace EspForge.AspNetCore.Tests.Events;

public class EventStreamTests
{
    [Fact]
    public async Task While_there_is_nothing_to_say_a_comment_is_sent_every_fifteen_seconds()
    {
        await using var stream = new Listening();
        Assert.Equal(": connected\n\n", await stream.ReadAsync());
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(TimeSpan.FromSeconds(15), await stream.Clock.FireAsync());
            Assert.Equal(": alive\n\n", await stream.ReadAsync());
        }

        await stream.Items.Writer.WriteAsync(new EventStreamItem("line", new { number = 1 }, "1"));
        Assert.Equal("event: line\ndata: {\"number\":1}\nid: 1\n\n", await stream.ReadAsync());
        await stream.Clock.FireAsync();
        Assert.Equal(": alive\n\n", await stream.ReadAsync());
    }

    [Fact]
    public async Task It_ends_with_its_events()
    {
        await using var stream = new Listening();
        await stream.Items.Writer.WriteAsync(new EventStreamItem("end", new { state = "done" }));
        stream.Items.Writer.Complete();
        await stream.Running;
        Assert.Equal(": connected\n\n", await stream.ReadAsync());
        Assert.Equal("event: end\ndata: {\"state\":\"done\"}\n\n", await stream.ReadAsync());
    }

    [Fact]
    public async Task It_ends_when_the_reader_goes_and_when_the_host_stops()
    {
        await using (var stream = new Listening())
        {
            await stream.ReadAsync();
            await stream.Gone.CancelAsync();
            await stream.Running;
        }

        await using var other = new Listening();
        await other.ReadAsync();
        other.Lifetime.StopApplication();
        await other.Running;
    }

    /// <summary>A stream that is being answered, and what it wrote.</summary>
    private sealed class Listening : IAsyncDisposable
    {
        private readonly Channel<string> _written = Channel.CreateUnbounded<string>();

        public Listening()
        {
            var services = new ServiceCollection().AddSingleton<TimeProvider>(Clock).AddSingleton<IHostApplicationLifetime>(Lifetime).BuildServiceProvider();
            var context = new DefaultHttpContext { RequestServices = services, RequestAborted = Gone.Token };
            context.Response.Body = new Pieces(_written.Writer);
            Running = new EventStreamResult(Items.Reader.ReadAllAsync()).ExecuteAsync(context);
        }

        public ManualClock Clock { get; } = new();

        public ApplicationLifetime Lifetime { get; } = new(NullLogger<ApplicationLifetime>.Instance);

        public CancellationTokenSource Gone { get; } = new();

        public Channel<EventStreamItem> Items { get; } = Channel.CreateUnbounded<EventStreamItem>();

        public Task Running { get; }

        public async Task<string> ReadAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            return await _written.Reader.ReadAsync(limit.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await Gone.CancelAsync();
            await Running;
            Gone.Dispose();
        }
    }

    /// <summary>Passes on what is written between two flushes.</summary>
    private sealed class Pieces(ChannelWriter<string> pieces) : MemoryStream
    {
        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            if (Length == 0)
                return;
            await pieces.WriteAsync(System.Text.Encoding.UTF8.GetString(ToArray()), cancellationToken);
            SetLength(0);
        }
    }

    /// <summary>A clock whose timers go off when a test says so.</summary>
    private sealed class ManualClock : TimeProvider
    {
        private readonly Channel<(TimeSpan Due, Func<bool> Fire)> _timers = Channel.CreateUnbounded<(TimeSpan, Func<bool>)>();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer();
            if (dueTime != Timeout.InfiniteTimeSpan)
                _timers.Writer.TryWrite((dueTime, () => timer.Fire(callback, state)));
            return timer;
        }

        /// <summary>Lets the next timer go off, once there is one that is still wanted; how long it was to wait.</summary>
        public async Task<TimeSpan> FireAsync()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (true)
            {
                // One that nobody waits for any more is passed over; the one that is waited for may be still to come.
                var (due, fire) = await _timers.Reader.ReadAsync(limit.Token);
                if (fire())
                    return due;
            }
        }

        private sealed class Timer : ITimer
        {
            private bool _ended;

            public bool Fire(TimerCallback callback, object? state)
            {
                if (_ended)
                    return false;
                callback(state);
                return true;
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => !_ended;

            public void Dispose() => _ended = true;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
