namespace EspForge.Devices;

/// <summary>What a device read from its own silicon (docs/protocol.md 1.4). Every member may be missing: not every chip tells everything.</summary>
/// <param name="Chip">Chip id of EspForge.Boards, as the chip's own id says.</param>
/// <param name="ChipRevision">Revision of the silicon, <c>3.1</c>: at most 8 digits and dots.</param>
/// <param name="Package">The package by its eFuse, such as <c>ESP32-PICO-V3-02</c>: 1–48 printable ASCII characters.</param>
/// <param name="FlashBytes">Size of the flash as it answers, in bytes: 65,536 to 1 GiB.</param>
/// <param name="FlashMode"><c>qio</c>, <c>qout</c>, <c>dio</c>, <c>dout</c> or <c>opi</c>.</param>
/// <param name="PsramBytes">Size of the PSRAM in bytes, 0 without: at most 1 GiB.</param>
/// <param name="PsramMode"><c>none</c>, <c>quad</c>, <c>octal</c> or <c>hex</c>.</param>
public sealed record DeviceHardware(
    string? Chip = null, string? ChipRevision = null, string? Package = null, long? FlashBytes = null, string? FlashMode = null, long? PsramBytes = null, string? PsramMode = null)
{
    private const long MaxMemory = 1L << 30;

    /// <summary>The first field that is wrong and why, or <see langword="null"/>.</summary>
    public (string Field, string Message)? Check()
    {
        if (Chip is not null && DeviceFields.CheckChip(Chip) is { } chip)
            return ("hardware.chip", chip);
        if (ChipRevision is not null && (ChipRevision.Length is < 1 or > 8 || !ChipRevision.All(c => char.IsAsciiDigit(c) || c is '.')))
            return ("hardware.chipRevision", "A chip's revision is 1–8 digits and dots, such as 3.1.");
        if (Package is not null && (Package.Length is < 1 or > 48 || !Package.All(c => c is >= ' ' and < '\x7f')))
            return ("hardware.package", "A package is 1–48 printable ASCII characters.");
        if (FlashBytes is < 65_536 or > MaxMemory)
            return ("hardware.flashBytes", "The flash has 65,536 bytes to 1 GiB.");
        if (FlashMode is not (null or "qio" or "qout" or "dio" or "dout" or "opi"))
            return ("hardware.flashMode", "A flash mode is qio, qout, dio, dout or opi.");
        if (PsramBytes is < 0 or > MaxMemory)
            return ("hardware.psramBytes", "The PSRAM has 0 bytes to 1 GiB.");
        return PsramMode is null or "none" or "quad" or "octal" or "hex" ? null : ("hardware.psramMode", "A PSRAM mode is none, quad, octal or hex.");
    }
}
