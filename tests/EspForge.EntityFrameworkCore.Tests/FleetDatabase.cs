using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using EspForge.Ota;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace EspForge.EntityFrameworkCore.Tests;

/// <summary>A SQLite file of its own, with as many contexts at once as a test opens.</summary>
internal sealed class FleetDatabase : IDisposable
{
    public const string Acme = "acme";
    public const string Product = "lamp";
    public const string Chip = "esp32c3";

    public static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("espforge-db-").FullName;
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _sql = new();
    private readonly TimeProvider _time;

    public FleetDatabase(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        using var db = Context();
        db.Database.EnsureCreated();
    }

    public static AuditDraft Draft { get; } = new("user:1", "test.change", "test:1");

    /// <summary>How the database answers what was sent, line by line, while <see cref="Listening"/>.</summary>
    public IReadOnlyList<string> Plans => [.. _sql];

    public bool Listening { get; set; }

    public EspForgeDbContext Context()
    {
        var options = new DbContextOptionsBuilder<EspForgeDbContext>();
        options.UseEspForgeSqlite(Path.Combine(_folder, "fleet.db")).AddInterceptors(new Listener(this));
        return new EspForgeDbContext(options.Options);
    }

    public StoreContext Store() => new(Context(), _time);

    public EfRolloutStore Rollouts() => new(Store());

    public EfReleaseStore Releases() => new(Store());

    public EfImageStore Images() => new(Store());

    public async Task AddDevicesAsync(IEnumerable<string> ids, Action<DeviceRow>? set = null, string organization = Acme)
    {
        await using var db = Context();
        foreach (var id in ids)
        {
            var row = new DeviceRow
            {
                DeviceId = id,
                Organization = organization,
                Name = id,
                Product = Product,
                Chip = Chip,
                HardwareId = id,
                Version = "1.0.0",
                CreatedAt = Start,
            };
            set?.Invoke(row);
            db.Add(row);
        }

        await db.SaveChangesAsync();
    }

    public async Task<Release> AddReleaseAsync(string version = "1.1.0", string organization = Acme) =>
        (await Releases().AddAsync(organization, Product, Chip, version, sequence => Release(version, sequence, organization), Draft)).Value;

    public static Release Release(string version, long sequence, string organization = Acme, string chip = Chip) => new()
    {
        Id = Guid.CreateVersion7(),
        Organization = organization,
        Product = Product,
        Version = version,
        Image = new ImageInfo(ImageFormat.Esp, chip, "lamp", version, 4096, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version + chip)))),
        ImageSignature = [1, 2, 3],
        Manifest = new SignedManifest(sequence, new string('a', 32), [4, 5, 6], Start, Start.AddDays(90)),
        CreatedAt = Start.AddSeconds(sequence),
        CreatedBy = "user:1",
    };

    /// <summary>A rollout over the ids with the given percents, running at stage <paramref name="current"/>, and kept.</summary>
    public async Task<Rollout> AddRolloutAsync(
        IReadOnlyList<string> ids, Release release, int[] percents, int current = 0, DateTimeOffset? at = null, RolloutFilter? filter = null, RolloutState state = RolloutState.Running)
    {
        var (rollout, members) = Freeze(ids, release, percents, at ?? Start, filter);
        rollout = rollout with
        {
            State = state,
            CurrentStage = current,
            Stages = [.. rollout.Stages.Select((stage, i) => i <= current ? stage with { StartedAt = rollout.CreatedAt } : stage)],
        };
        await Rollouts().AddAsync(rollout, members, Draft);
        return rollout;
    }

    public static (Rollout Rollout, IReadOnlyList<RolloutMember> Members) Freeze(
        IReadOnlyList<string> ids, Release release, int[] percents, DateTimeOffset at, RolloutFilter? filter = null)
    {
        var id = Guid.CreateVersion7();
        var salt = RandomNumberGenerator.GetBytes(32);
        var cohort = Cohort.Freeze(ids, salt, [.. percents.Select(percent => new StagePlan(percent, new Gate()))]).Value;
        var rollout = new Rollout
        {
            Id = id,
            Organization = release.Organization,
            Name = release.Version,
            ReleaseId = release.Id,
            Product = release.Product,
            Chip = release.Image.Chip,
            Version = release.Version,
            Salt = salt,
            Filter = filter ?? RolloutFilter.Everything,
            Stages = cohort.Stages,
            State = RolloutState.Draft,
            CurrentStage = -1,
            CreatedAt = at,
            ChangedAt = at,
            CreatedBy = "user:1",
            Revision = 1,
        };
        return (rollout, cohort.ToMembers(id));
    }

    public static string[] Ids(int count, string prefix = "d") => [.. Enumerable.Range(0, count).Select(i => $"{prefix}-{i:D6}")];

    public static string Offer() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public async Task<List<(string Action, string Actor)>> AuditAsync()
    {
        await using var db = Context();
        var rows = await db.Set<AuditRow>().AsNoTracking().OrderBy(row => row.Sequence).ToListAsync();
        return rows.ConvertAll(row => (row.Action, row.Actor));
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Listener(FleetDatabase database) : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            Record(command);
            return ValueTask.FromResult(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<int> result,
            CancellationToken cancellationToken = default)
        {
            Record(command);
            return ValueTask.FromResult(result);
        }

        private void Record(DbCommand command)
        {
            if (!database.Listening)
                return;
            using var plan = command.Connection!.CreateCommand();
            plan.Transaction = command.Transaction;
            plan.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
            foreach (SqliteParameter parameter in command.Parameters)
                plan.Parameters.Add(new SqliteParameter(parameter.ParameterName, parameter.Value));
            using var reader = plan.ExecuteReader();
            while (reader.Read())
                database._sql.Enqueue(reader.GetString(3) + " <- " + command.CommandText.ReplaceLineEndings(" "));
        }
    }
}
