namespace EspForge.Build;

/// <summary>Files and directories of mode 0600 and 0700; and of 0644 and 0755, for what the user of a job is to read.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode AllRead = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode AllEnter = AllRead | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static void CreateDirectory(string path) => CreateDirectory(path, OwnerOnly);

    public static void CreateReadableDirectory(string path) => CreateDirectory(path, AllEnter);

    /// <summary>Creates a file that must not be there yet.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content) => Create(path, content, UnixFileMode.UserRead | UnixFileMode.UserWrite);

    /// <summary>Creates a file that must not be there yet and that every user may read and, if it is a program, run.</summary>
    public static void CreateReadable(string path, ReadOnlySpan<byte> content, bool isProgram)
    {
        Create(path, content, AllRead);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, isProgram ? AllEnter : AllRead);
    }

    public static bool IsWritableByOthers(string path) => Has(path, UnixFileMode.GroupWrite) || Has(path, UnixFileMode.OtherWrite);

    public static bool IsReadableByOthers(string path) => Has(path, UnixFileMode.OtherRead) && Has(path, UnixFileMode.OtherExecute);

    private static void CreateDirectory(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
            CreateDirectory(parent, mode);
        Directory.CreateDirectory(path, mode);
        // Whatever the umask took away.
        File.SetUnixFileMode(path, mode);
    }

    private static void Create(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        using var stream = new FileStream(path, options);
        stream.Write(content);
    }

    private static bool Has(string path, UnixFileMode mode) => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & mode) != UnixFileMode.None;
}
