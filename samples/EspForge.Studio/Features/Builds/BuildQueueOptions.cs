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
    /// <value>The default is 20.</value>
    [Range(1, 1000)]
    public int MaxQueuedPerOrganization { get; set; } = 20;

    /// <summary>How long one build may take, in seconds.</summary>
    /// <value>The default is 180.</value>
    [Range(1, 3600)]
    public int TimeLimitSeconds { get; set; } = 180;

    /// <summary>What builds run in: Auto, Bubblewrap, Container or Process.</summary>
    /// <value>The default is Auto.</value>
    public SandboxKind Sandbox { get; set; } = SandboxKind.Auto;

    /// <summary>Where what is compiled once (the agent's library, the bootloader) is kept; <see langword="null"/> = <c>cache</c> in the data directory.</summary>
    public string? CacheDirectory { get; set; }
}
