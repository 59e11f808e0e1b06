namespace EspForge.Build.Tests;

public sealed class BuildCacheTests : IDisposable
{
    private static readonly BuildRequest Lamp = new() { ProjectName = "lamp", Version = "1.0.0", Chip = "esp32c3", Files = [ProjectFile.FromText("a.c", "1"), ProjectFile.FromText("b.c", "2")], GeneratedFiles = [ProjectFile.FromText("pins.h", "3")] };
    private static readonly ToolchainStatus Status = new("host", "gcc 12", "x86_64");
    private static readonly string Key = BuildCache.KeyOf(Lamp, Status);

    private readonly Workplace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task A_success_is_found_again_with_all_that_belongs_to_it()
    {
        var cache = new BuildCache(_place.Wrapped);
        var outcome = Success(1_000);
        await cache.StoreAsync(Key, outcome);
        var found = await cache.FindAsync(Key);
        Assert.True(found!.FromCache);
        Assert.Equal(Key, found.CacheKey);
        Assert.Equal(outcome.Image!.Content.ToArray(), found.Image!.Content.ToArray());
        Assert.Equal(outcome.Image with { Content = default }, found.Image with { Content = default });
        Assert.Equal((outcome.Memory, outcome.Sandbox, outcome.IsIsolated, outcome.Toolchain), (found.Memory, found.Sandbox, found.IsIsolated, found.Toolchain));
        Assert.Equal(outcome.Messages, found.Messages);
        Assert.Equal(outcome.FlashParts.Select(part => (part.Name, part.OffsetBytes, part.Sha256)), found.FlashParts.Select(part => (part.Name, part.OffsetBytes, part.Sha256)));
        Assert.Equal(Key, Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(_place.Options.CacheDirectory, "results")))));
    }

    [Fact]
    public async Task A_damaged_entry_is_none_and_is_forgotten()
    {
        var cache = new BuildCache(_place.Wrapped);
        var path = Path.Combine(_place.Options.CacheDirectory, "results", Key);
        await cache.StoreAsync(Key, Success(300));
        var bytes = await File.ReadAllBytesAsync(path);
        foreach (var at in new[] { 0, 31, 32, 36, bytes.Length / 2, bytes.Length - 1 })
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 1;
            await File.WriteAllBytesAsync(path, damaged);
            Assert.Null(await cache.FindAsync(Key));
            Assert.False(File.Exists(path));
        }

        foreach (var length in new[] { 0, 1, 35, bytes.Length - 1 })
        {
            await File.WriteAllBytesAsync(path, bytes[..length]);
            Assert.Null(await cache.FindAsync(Key));
        }
    }

    [Fact]
    public async Task An_entry_under_another_key_is_none()
    {
        var cache = new BuildCache(_place.Wrapped);
        var other = BuildCache.KeyOf(Lamp with { Version = "2.0.0" }, Status);
        await cache.StoreAsync(Key, Success(10));
        File.Move(Path.Combine(_place.Options.CacheDirectory, "results", Key), Path.Combine(_place.Options.CacheDirectory, "results", other));
        Assert.Null(await cache.FindAsync(other));
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        var cache = new BuildCache(_place.Wrapped);
        await cache.StoreAsync(Key, new BuildOutcome { Fault = new Fault("build-failed", "No.") });
        Assert.Null(await cache.FindAsync(Key));
    }

    [Fact]
    public async Task What_was_not_used_for_longest_goes_first()
    {
        var time = new Clock();
        var cache = new BuildCache(_place.Wrapped, time);
        var keys = Enumerable.Range(0, 4).Select(i => BuildCache.KeyOf(Lamp with { Version = $"{i}.0.0" }, Status)).ToList();
        foreach (var key in keys.Take(3))
        {
            await cache.StoreAsync(key, Success(1_000));
            time.Pass();
        }

        // Room for three and a half.
        _place.Options.MaxCacheBytes = new FileInfo(Path.Combine(_place.Options.CacheDirectory, "results", keys[0])).Length * 7 / 2;
        Assert.NotNull(await cache.FindAsync(keys[0]));
        time.Pass();
        await cache.StoreAsync(keys[3], Success(1_000));
        Assert.NotNull(await cache.FindAsync(keys[0]));
        Assert.Null(await cache.FindAsync(keys[1]));
        Assert.NotNull(await cache.FindAsync(keys[3]));
        cache.Clear();
        Assert.Null(await cache.FindAsync(keys[3]));
    }

    [Fact]
    public void The_key_is_that_of_the_inputs_and_of_nothing_else()
    {
        Assert.Equal(Key, BuildCache.KeyOf(Lamp with { Files = [.. Lamp.Files.Reverse()], CacheScope = "x" }, Status));
        var others = new[]
        {
            BuildCache.KeyOf(Lamp with { ProjectName = "lamp2" }, Status), BuildCache.KeyOf(Lamp with { Version = "1.0.1" }, Status), BuildCache.KeyOf(Lamp with { Chip = "esp32" }, Status),
            BuildCache.KeyOf(Lamp with { Environment = "e" }, Status), BuildCache.KeyOf(Lamp with { FetchDependencies = true }, Status), BuildCache.KeyOf(Lamp with { SourceDate = DateTimeOffset.UnixEpoch.AddDays(1) }, Status),
            BuildCache.KeyOf(Lamp with { Files = [Lamp.Files[0]] }, Status), BuildCache.KeyOf(Lamp with { Files = [.. Lamp.Files, .. Lamp.GeneratedFiles], GeneratedFiles = [] }, Status),
            BuildCache.KeyOf(Lamp with { Files = [ProjectFile.FromText("a.c", "12"), ProjectFile.FromText("b.c", "")] }, Status), BuildCache.KeyOf(Lamp with { Files = [ProjectFile.FromText("a.c1", ""), ProjectFile.FromText("b.c", "2")] }, Status),
            BuildCache.KeyOf(Lamp, Status with { Name = "x" }), BuildCache.KeyOf(Lamp, Status with { Identity = "gcc 13" }), BuildCache.KeyOf(Lamp, Status with { Architecture = "aarch64" }),
        };
        Assert.Equal(others.Length, others.Append(Key).Distinct(StringComparer.Ordinal).Count() - 1);
    }

    private static BuildOutcome Success(int bytes)
    {
        var content = Enumerable.Range(0, bytes).Select(i => (byte)i).ToArray();
        return new BuildOutcome
        {
            Image = new BuiltImage { Content = content, Sha256 = new string('a', 64), Format = "esp", ProjectName = "lamp", Version = "1.0.0", Chip = "esp32c3", AgentVersion = "1" },
            Toolchain = "platformio",
            Sandbox = "bubblewrap",
            IsIsolated = true,
            Memory = new BuildMemory(1, 2, 3, null, 5),
            Messages = [new BuildMessage("a.c", 1, null, BuildSeverity.Warning, "w")],
            FlashParts = [new FlashPart("bootloader", 0x1000, new byte[] { 1 }), new FlashPart("firmware", 0x10000, content)],
        };
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Pass() => _now += TimeSpan.FromMinutes(1);
    }
}
