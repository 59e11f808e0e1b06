using System.Text;

namespace EspForge.Ota.Tests;

/// <summary>Reads <c>tests/vectors/*.vec</c> (docs/protocol.md section 7): blocks of <c>key: value</c>, separated by an empty line.</summary>
internal static class VectorFile
{
    public static string PathOf(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "EspForge.sln")))
                return Path.Combine(folder.FullName, "tests", "vectors", name);
        throw new DirectoryNotFoundException("The tests run inside the repository: tests/vectors was not found above " + AppContext.BaseDirectory);
    }

    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string name)
    {
        var blocks = new List<IReadOnlyDictionary<string, string>>();
        var block = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(PathOf(name), Encoding.UTF8).Append(""))
        {
            if (line.StartsWith('#')) continue;
            if (line.Length == 0)
            {
                if (block.Count > 0) blocks.Add(block);
                block = new Dictionary<string, string>(StringComparer.Ordinal);
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Assert.True(colon > 0, $"not a vector line: {line}");
            block.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        return blocks;
    }
}
