namespace EspForge.Build;

/// <summary>Directories of ESP-IDF's public headers, for the language server; found by their place, without configuring a project.</summary>
internal static class IdfIncludes
{
    private const int Most = 400;

    /// <param name="directory">The directory of ESP-IDF.</param>
    /// <param name="chip">The chip, whose own headers come first.</param>
    /// <returns>Paths relative to <paramref name="directory"/>.</returns>
    public static IReadOnlyList<string> Of(string directory, string chip)
    {
        var components = Path.Combine(directory, "components");
        if (!Directory.Exists(components))
            return [];
        var found = new List<string>();
        foreach (var component in Directory.EnumerateDirectories(components).Order(StringComparer.Ordinal))
        {
            foreach (var place in new[] { $"{chip}/include", $"include/{chip}", "include", $"{chip}/register" })
            {
                if (found.Count < Most && Directory.Exists(Path.Combine(component, place)))
                    found.Add($"components/{Path.GetFileName(component)}/{place}");
            }
        }

        return found;
    }
}
