using System.ComponentModel.DataAnnotations;
using EspForge.Build;

namespace EspForge.Studio.Builds;

/// <summary>Settings of builds, section <c>Studio:Builds</c>.</summary>
public sealed class BuildQueueOptions
{
    /// <summary>Builds that run at once.</summary>
    /// <value>The default is 1.</value>
    [Range(1, 32)]
    public int Runners { get; set; } = 1;

    /// <summary>Builds of one organization that may wait.</summary>
    /// <value>The default is 100.</value>
    [Range(1, 1000)]
    public int MaxQueuedPerOrganization { get; set; } = 100;

    /// <summary>Builds of one person, their API keys included, that may wait.</summary>
    /// <value>The default is 20.</value>
    [Range(1, 1000)]
    public int MaxQueuedPerUser { get; set; } = 20;

    /// <summary>How long one build may take, in seconds.</summary>
    /// <value>The default is 180.</value>
    [Range(1, 3600)]
    public int TimeLimitSeconds { get; set; } = 180;

    /// <summary>What builds run in: Auto, Bubblewrap, Container or Process.</summary>
    /// <value>The default is Auto.</value>
    public SandboxKind Sandbox { get; set; } = SandboxKind.Auto;

    /// <summary>For Container: the image's name for docker and podman, a directory or <c>host-usr</c> for runc.</summary>
    public string? ContainerImage { get; set; }

    /// <summary>For Container: docker, podman or runc; <see langword="null"/> takes the first that works.</summary>
    public string? ContainerRuntime { get; set; }

    /// <summary>Whether the step that fetches a project's libraries has network.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AllowDependencyNetwork { get; set; }

    /// <summary>Whether an administrator may have the host install toolchains.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool AllowInstall { get; set; }

    /// <summary>Whether a build of inputs that were built before is answered with that image.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool UseCache { get; set; } = true;

    /// <summary>How much of earlier builds is kept to answer later ones, in MiB.</summary>
    /// <value>The default is 1,024.</value>
    [Range(1, 1_048_576)]
    public int MaxCacheMegabytes { get; set; } = 1024;

    /// <summary>How many builds of a project keep what is flashed by cable, the newest; those whose image is released keep it too.</summary>
    /// <value>The default is 50.</value>
    [Range(1, 10_000)]
    public int KeepPartsBuilds { get; set; } = 50;

    /// <summary>How long a build that is not released keeps what is flashed by cable, in days.</summary>
    /// <value>The default is 180.</value>
    [Range(1, 36_500)]
    public int KeepPartsDays { get; set; } = 180;

    /// <summary>Path of <c>pio</c>; <see langword="null"/> looks where it usually is.</summary>
    public string? PlatformioProgram { get; set; }

    /// <summary>Where PlatformIO keeps platforms and packages; <see langword="null"/> looks where they usually are.</summary>
    public string? PlatformioDirectory { get; set; }

    /// <summary>Where ESP-IDF is; <see langword="null"/> looks where it usually is.</summary>
    public string? IdfDirectory { get; set; }

    /// <summary>Where ESP-IDF's tools are; <see langword="null"/> looks where they usually are.</summary>
    public string? IdfToolsDirectory { get; set; }

    /// <summary>Where what is compiled once (the agent's library, the bootloader) is kept; <see langword="null"/> = <c>cache</c> in the data directory.</summary>
    public string? CacheDirectory { get; set; }
}
