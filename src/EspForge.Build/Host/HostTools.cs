namespace EspForge.Build;

/// <summary>What virtual devices start from, built for this machine: a bootloader and a factory image for each chip asked for.</summary>
public sealed class HostTools
{
    private readonly IReadOnlyDictionary<string, string> _factoryImages;

    internal HostTools(string bootloaderPath, IReadOnlyDictionary<string, string> factoryImages)
    {
        BootloaderPath = bootloaderPath;
        _factoryImages = factoryImages;
    }

    /// <summary>Path of <c>ef_bootloader</c>, an executable of this machine.</summary>
    public string BootloaderPath { get; }

    /// <summary>Chips there is a factory image for.</summary>
    public IEnumerable<string> Chips => _factoryImages.Keys;

    /// <summary>Path of the factory image of a chip.</summary>
    /// <exception cref="ArgumentException">The chip was not asked for when the tools were prepared.</exception>
    public string FactoryImagePath(string chip) =>
        _factoryImages.TryGetValue(chip, out var path) ? path : throw new ArgumentException($"No factory image was prepared for '{chip}': name the chip to PrepareAsync.", nameof(chip));
}
