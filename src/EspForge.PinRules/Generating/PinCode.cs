using EspForge.Boards;

namespace EspForge.PinRules;

/// <summary>A generated file.</summary>
/// <param name="FileName">The name a project expects.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Text">Its text, with <c>\n</c> (CSV: <c>\r\n</c>) at the end of each line.</param>
public sealed record GeneratedFile(string FileName, string MediaType, string Text);

/// <summary>Writes a plan as code, configuration, tables and drawings. The same plan gives the same bytes; no date, machine or order of uses shows.</summary>
public static class PinCode
{
    /// <summary>Every format of this package.</summary>
    public static IReadOnlyList<IPinGenerator> Generators { get; } =
    [
        new CHeader(),
        new ArduinoHeader(),
        new EspIdfHeader(),
        new SdkConfig(),
        new PlatformIoFragment(),
        new EspHomeYaml(),
        new ZephyrOverlay(),
        new PinCsv(),
        new PinMarkdown(),
        new SvgPinout(),
        new SarifLog(),
    ];

    /// <summary>The generator with this id, or null.</summary>
    public static IPinGenerator? Find(string format)
    {
        foreach (var generator in Generators)
        {
            if (string.Equals(generator.Id, format, StringComparison.Ordinal))
                return generator;
        }

        return null;
    }

    /// <summary>
    /// Writes <paramref name="plan"/> in a format. Faults: <c>code-format-unknown</c>; <c>code-region-open</c> and <c>code-too-large</c> for a previous
    /// text whose user regions cannot be told.
    /// </summary>
    /// <param name="plan">A plan whose board and chip are in the catalog; else <see cref="ArgumentException"/>. It may have findings.</param>
    /// <param name="format">The id of one of <see cref="Generators"/>.</param>
    /// <param name="previousText">What was generated last, as the user left it: its user regions are kept. Null the first time.</param>
    /// <param name="catalog">The default is <see cref="BoardCatalog.Default"/>.</param>
    public static Outcome<GeneratedFile> Generate(PinPlan plan, string format, string? previousText = null, BoardCatalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(format);
        return Find(format) is { } generator
            ? Generate(plan, generator, previousText, catalog)
            : new Fault("code-format-unknown", $"There is no format '{format}'; known are {string.Join(", ", Generators.Select(known => known.Id))}.");
    }

    /// <summary>The same with a generator of your own.</summary>
    public static Outcome<GeneratedFile> Generate(PinPlan plan, IPinGenerator generator, string? previousText = null, BoardCatalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(generator);
        var regions = UserRegions.None(generator.Comments);
        if (previousText is not null && generator.Comments is not null)
        {
            if (!UserRegions.Read(previousText, generator.Comments).TryGet(out var read, out var fault))
                return fault;
            regions = read;
        }

        return new GeneratedFile(generator.FileName, generator.MediaType, generator.Write(new PinSheet(plan, catalog), regions));
    }
}
