namespace EspForge.Architecture.Tests;

/// <summary>The checkout these tests look at.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !Segments(file).Intersect(["bin", "obj", "node_modules", "dist", "Migrations"], StringComparer.Ordinal).Any());

    public static string[] Segments(string file) => Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar);

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "EspForge.sln"))) return directory.FullName;
        throw new InvalidOperationException("EspForge.sln was not found above the test's folder.");
    }
}
