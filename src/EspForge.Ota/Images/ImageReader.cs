namespace EspForge.Ota;

/// <summary>Reads an image to its end and checks everything that its format can show: structure, checksums and hashes.</summary>
public static class ImageReader
{
    /// <summary>Largest image, 16 MiB: the flash of the largest module.</summary>
    public const int MaximumBytes = 16 * 1024 * 1024;

    /// <summary>
    /// What the image says about itself. Faults: <c>image-malformed</c> with what is wrong and where, <c>image-too-large</c> above 16 MiB. Reads from the stream's position to its end, forward
    /// only and in constant memory; an <see cref="IOException"/> of the stream is passed on.
    /// </summary>
    public static Outcome<ImageInfo> Read(Stream image)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var scan = new ImageScan(image);
        Span<byte> magic = stackalloc byte[4];
        if (!scan.Fill(magic)) return ImageScan.Malformed($"The file has fewer than {magic.Length} bytes.");
        if (magic[0] == EspImage.Magic) return EspImage.Read(scan, magic);
        if (magic.SequenceEqual(HostImage.Magic)) return HostImage.Read(scan);
        if (magic[0] == EspImage.Esp8266SecondMagic) return EspImage.Esp8266();
        if (magic.SequenceEqual("\u007FELF"u8))
            return ImageScan.Malformed("This is a bare ELF file. A chip runs the .bin made from it; a virtual device runs an ELF with a host header.");
        return ImageScan.Malformed($"The file begins with {Convert.ToHexString(magic)}: neither an Espressif application image (E9) nor a host image (EFHI).");
    }

    /// <inheritdoc cref="Read(Stream)"/>
    public static Outcome<ImageInfo> Read(ReadOnlyMemory<byte> image)
    {
        using var stream = System.Runtime.InteropServices.MemoryMarshal.TryGetArray(image, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(image.ToArray(), writable: false);
        return Read(stream);
    }

    internal static Fault TooLarge() => new("image-too-large", $"The image has more than {MaximumBytes} bytes (16 MiB).");
}
