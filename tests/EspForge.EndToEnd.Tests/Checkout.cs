namespace EspForge.EndToEnd.Tests;

/// <summary>Where the repository is.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "EspForge.sln"))) return directory.FullName;
        throw new InvalidOperationException("EspForge.sln was not found above the test's folder.");
    }
}
