namespace EspForge.Studio.Builds;

/// <summary>Where a build stands. The last three are final.</summary>
public enum BuildState
{
    /// <summary>Waits for its turn.</summary>
    Queued,

    /// <summary>The compiler is at work.</summary>
    Running,

    /// <summary>There is an image.</summary>
    Succeeded,

    /// <summary>There is a reason.</summary>
    Failed,

    /// <summary>A person stopped it.</summary>
    Cancelled,
}

/// <summary>A build as kept. It copies what it needs of its project, so that it still tells its story when the project is gone.</summary>
public sealed class BuildRow
{
    /// <summary>Id, time-ordered.</summary>
    public required Guid Id { get; init; }

    /// <summary>The organization that owns it.</summary>
    public required string Organization { get; init; }

    /// <summary>The project it was made from.</summary>
    public required Guid ProjectId { get; init; }

    /// <summary>The project's name then.</summary>
    public required string ProjectName { get; init; }

    /// <summary>The product.</summary>
    public required string Product { get; init; }

    /// <summary>The version the image will carry, SemVer 2.0.</summary>
    public required string Version { get; init; }

    /// <summary>What builds it.</summary>
    public string Toolchain { get; init; } = Projects.ProjectToolchains.Host;

    /// <summary>The environment of platformio.ini, where one was named.</summary>
    public string? Environment { get; init; }

    /// <summary>Why it is built although the plan has errors, in the words of who asked for it.</summary>
    public string? AcceptedErrors { get; init; }

    /// <summary>Where it stands.</summary>
    public required BuildState State { get; set; }

    /// <summary>The sandbox it ran in, once it ran.</summary>
    public string? Sandbox { get; set; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>The compiler's messages, JSON.</summary>
    public string? Messages { get; set; }

    /// <summary>The image it made, 64 hex digits.</summary>
    public string? ImageSha256 { get; set; }

    /// <summary>The image's size, in bytes.</summary>
    public long? ImageSizeBytes { get; set; }

    /// <summary>Whether an earlier build of the same inputs gave the image.</summary>
    public bool FromCache { get; set; }

    /// <summary>How much of the board's memory it uses, JSON.</summary>
    public string? Memory { get; set; }

    /// <summary>What is written to the board's flash and where, JSON; the bytes are in <see cref="FlashParts"/>.</summary>
    public string? Parts { get; set; }

    /// <summary>The last build of the project that succeeded before this one, JSON.</summary>
    public string? Previous { get; set; }

    /// <summary>How many warnings there are among the messages.</summary>
    public int Warnings { get; set; }

    /// <summary>Code of the reason it failed for.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>The reason, as a sentence.</summary>
    public string? ErrorMessage { get; set; }

    /// <summary>Who asked for it, as an audit actor.</summary>
    public required string CreatedBy { get; init; }
}
