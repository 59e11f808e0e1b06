namespace EspForge.Build;

/// <summary>Finds programs where a sandbox finds them too, whatever the host's own PATH says.</summary>
internal static class Programs
{
    private static readonly string[] Directories = ["/usr/local/bin", "/usr/bin", "/bin"];

    /// <summary>The path of a program, or <see langword="null"/>.</summary>
    public static string? Find(string name) => Path.IsPathRooted(name)
        ? File.Exists(name) ? name : null
        : Directories.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
