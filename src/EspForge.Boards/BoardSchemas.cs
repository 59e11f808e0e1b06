using System.Reflection;

namespace EspForge.Boards;

/// <summary>The JSON schemas (draft 2020-12) of chip and board files.</summary>
public static class BoardSchemas
{
    private static readonly Lazy<string> ChipText = new(() => ReadText("schemas/chip.schema"));
    private static readonly Lazy<string> BoardText = new(() => ReadText("schemas/board.schema"));

    /// <summary>The schema of a chip file, as JSON.</summary>
    public static string Chip => ChipText.Value;

    /// <summary>The schema of a board file, as JSON. <see cref="BoardReader"/> enforces it.</summary>
    public static string Board => BoardText.Value;

    internal static Assembly Assembly => typeof(BoardSchemas).Assembly;

    internal static Stream Open(string resource) =>
        Assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"The package lacks its resource '{resource}'.");

    private static string ReadText(string resource)
    {
        using var reader = new StreamReader(Open(resource));
        return reader.ReadToEnd();
    }
}
