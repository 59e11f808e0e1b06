using System.ComponentModel.DataAnnotations;

namespace EspForge.Studio.VirtualFleet;

/// <summary>Settings of virtual devices, section <c>Studio:VirtualFleet</c>.</summary>
public sealed class VirtualFleetOptions
{
    /// <summary>Most virtual devices of this host.</summary>
    /// <value>The default is 50.</value>
    [Range(0, 1000)]
    public int Limit { get; set; } = 50;

    /// <summary>How often a device asks for an update, in milliseconds.</summary>
    /// <value>The default is 1,000.</value>
    [Range(100, 3_600_000)]
    public int PollMilliseconds { get; set; } = 1_000;

    /// <summary>How often a device sends telemetry, in milliseconds.</summary>
    /// <value>The default is 5,000.</value>
    [Range(100, 3_600_000)]
    public int TelemetryMilliseconds { get; set; } = 5_000;

    /// <summary>How long a new image must run before it is confirmed, in milliseconds.</summary>
    /// <value>The default is 2,000.</value>
    [Range(0, 3_600_000)]
    public int SoakMilliseconds { get; set; } = 2_000;

    /// <summary>How long a new image may take until it is confirmed, in milliseconds.</summary>
    /// <value>The default is 20,000.</value>
    [Range(1_000, 3_600_000)]
    public int ConfirmTimeoutMilliseconds { get; set; } = 20_000;

    /// <summary>Time between the starts of two devices, in milliseconds.</summary>
    /// <value>The default is 150.</value>
    [Range(0, 10_000)]
    public int StaggerMilliseconds { get; set; } = 150;

    /// <summary>Lines of output kept of each device.</summary>
    /// <value>The default is 500.</value>
    [Range(10, 10_000)]
    public int LogLines { get; set; } = 500;
}
