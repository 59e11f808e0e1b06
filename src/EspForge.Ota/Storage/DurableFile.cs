using System.Runtime.InteropServices;
using System.Text;

namespace EspForge.Ota;

/// <summary>Files that are there whole or not at all: written beside their place, flushed to the disk, then renamed.</summary>
internal static class DurableFile
{
    /// <summary>A new file that no one else had and, on Unix, that only the owner may read from its first moment on.</summary>
    public static FileStream Create(string path, bool asynchronous = false)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = asynchronous ? FileOptions.Asynchronous : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>Renames a flushed file into its place and makes the rename survive a power cut.</summary>
    public static void Publish(string temporary, string path, bool overwrite)
    {
        File.Move(temporary, path, overwrite);
        FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>Makes the directory, with its parents, and flushes the entries that are new.</summary>
    public static void CreateDirectory(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full)) return;
        if (Path.GetDirectoryName(full) is { } parent)
        {
            CreateDirectory(parent);
            Directory.CreateDirectory(full);
            FlushDirectory(parent);
        }
    }

    public static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // A leftover temporary file costs space, not correctness.
        }
        catch (UnauthorizedAccessException)
        {
            // As above.
        }
    }

    // The runtime opens no directories as files, and on Unix a rename is durable only once its directory was synced.
    // File systems that cannot sync a directory say EINVAL; there is nothing more to be done then.
    private static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = NativeMethods.Open(Encoding.UTF8.GetBytes(path + '\0'), 0);
        if (descriptor < 0) return;
        _ = NativeMethods.Fsync(descriptor);
        _ = NativeMethods.Close(descriptor);
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Fsync(int descriptor);

        [DllImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
