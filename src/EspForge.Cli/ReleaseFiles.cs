using EspForge.Ota;

namespace EspForge.Cli;

/// <summary>Images, manifests and keys as files, for the commands about them.</summary>
internal static class ReleaseFiles
{
    private const int MaximumKeyBytes = 65_536;

    public static Outcome<ImageInfo> Image(string path) => Guarded<ImageInfo>(() =>
    {
        using var stream = File.OpenRead(path);
        return ImageReader.Read(stream);
    });

    /// <summary>A small file; one byte more than a manifest or a key set may have shows that it is none.</summary>
    public static Outcome<byte[]> Small(string path) => Guarded<byte[]>(() =>
    {
        using var stream = File.OpenRead(path);
        var buffer = new byte[MaximumKeyBytes];
        return buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
    });

    public static Fault? Write(string path, byte[] bytes) => Guarded<string>(() =>
    {
        File.WriteAllBytes(path, bytes);
        return path;
    }).Fault;

    /// <summary>Says the fault. What could be read and is not right is wrong; the rest is unusable.</summary>
    public static int Refuse(Fault fault, string path, TextWriter error)
    {
        error.WriteLine($"{path}: {fault.Message}");
        return fault.Code is "file-unreadable" or "manifest-malformed" or "key-malformed" or "key-file-missing" or "key-file-failed" or "key-file-open" ? ExitCode.Unusable : ExitCode.Wrong;
    }

    private static Outcome<T> Guarded<T>(Func<Outcome<T>> act)
        where T : notnull
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return new Fault("file-unreadable", e.Message);
        }
    }
}
