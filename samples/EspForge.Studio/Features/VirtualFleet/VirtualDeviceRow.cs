namespace EspForge.Studio.VirtualFleet;

/// <summary>Where a virtual device stands.</summary>
public enum VirtualDeviceState
{
    /// <summary>Its bootloader and factory image are being built.</summary>
    Preparing,

    /// <summary>Its process is being started.</summary>
    Starting,

    /// <summary>It showed its pairing code.</summary>
    Claiming,

    /// <summary>It is one of the fleet.</summary>
    Running,

    /// <summary>Its process ended and is about to be started again, or the host stops.</summary>
    Stopped,

    /// <summary>It cannot be run; the reason says why.</summary>
    Failed,
}

/// <summary>A virtual device as kept, so that it comes back after a restart with the state it had.</summary>
public sealed class VirtualDeviceRow
{
    /// <summary>Its hardware id; also the name of its folder.</summary>
    public required string HardwareId { get; init; }

    /// <summary>The organization it belongs to.</summary>
    public required string Organization { get; init; }

    /// <summary>Its product.</summary>
    public required string Product { get; init; }

    /// <summary>Chip id.</summary>
    public required string Chip { get; init; }

    /// <summary>Board id.</summary>
    public required string Board { get; init; }

    /// <summary>The user in whose name it is claimed.</summary>
    public required Guid ClaimedFor { get; init; }

    /// <summary>Its device id once it was claimed.</summary>
    public string? DeviceId { get; set; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
