namespace EspForge.Ota.Tests.Rollouts;

internal static class RolloutSamples
{
    public static readonly DateTimeOffset Start = new(2026, 2, 1, 12, 0, 0, TimeSpan.Zero);

    public static Gate Quick { get; } = new() { Soak = TimeSpan.Zero };

    /// <summary>A running rollout whose stages have these sizes; the first <paramref name="current"/> + 1 are admitted.</summary>
    public static Rollout Running(Gate gate, int current, params int[] sizes) => new()
    {
        Id = Guid.CreateVersion7(),
        Organization = "acme",
        Name = "lamp 1.2.0",
        ReleaseId = Guid.CreateVersion7(),
        Product = "lamp",
        Chip = "esp32c3",
        Version = "1.2.0",
        Salt = new byte[32],
        Filter = RolloutFilter.Everything,
        Stages = [.. sizes.Select((size, i) => new RolloutStage(100 * (i + 1) / sizes.Length, size, new string('f', 64), gate, i <= current ? Start : null))],
        State = RolloutState.Running,
        CurrentStage = current,
        CreatedAt = Start,
        ChangedAt = Start,
        CreatedBy = "user:1",
        Revision = 3,
    };

    public static RolloutHealth Health(params StageHealth[] stages) => new(stages);

    public static StageHealth Counts(int size, int confirmed = 0, int failed = 0, int working = 0, int silent = 0) => new(size, confirmed, failed, working, silent);
}
