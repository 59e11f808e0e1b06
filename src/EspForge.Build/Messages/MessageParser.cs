using System.Globalization;
using System.Text.RegularExpressions;

namespace EspForge.Build;

/// <summary>
/// Reads messages out of the output of gcc, clang, GNU ld, lld and CMake, line by line. Paths are taken as they come: <see cref="BuildLog"/> has
/// made them the project's before. Never throws, whatever the line.
/// </summary>
internal sealed class MessageParser
{
    internal const int MaxMessages = 500;
    internal const int MaxTextCharacters = 1_000;
    private const string ProjectFileName = "platformio.ini";

    private readonly List<BuildMessage> _messages = [];
    private readonly HashSet<BuildMessage> _seen = [];
    private string? _linkedFile;
    private PendingCMake? _cmake;

    public IReadOnlyList<BuildMessage> Messages
    {
        get
        {
            FinishCMake();
            return _messages;
        }
    }

    public void Add(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (ContinuesCMake(line) || TryCompiler(line) || TryCMake(line) || TryLinkedFunction(line) || TryLinkedPlace(line) || TryPlatformio(line) || TrySize(line))
            return;
        TryTool(line);
    }

    private bool TryCompiler(string line)
    {
        var match = Patterns.Compiler.Match(line);
        if (!match.Success)
            return false;
        Report(ProjectPath(match.Groups["file"].Value), Number(match.Groups["line"]), Number(match.Groups["column"]), Severity(match.Groups["severity"].Value), match.Groups["text"].Value);
        return true;
    }

    // "/usr/bin/ld: CMakeFiles/app.dir/project/main.c.o: in function `setup':" names the file for the lines that follow, which say "main.c" only.
    private bool TryLinkedFunction(string line)
    {
        var match = Patterns.LinkedFunction.Match(line);
        if (match.Success)
            _linkedFile = FileOfObject(match.Groups["object"].Value);
        return match.Success;
    }

    private bool TryLinkedPlace(string line)
    {
        var match = Patterns.LinkedPlace.Match(line);
        if (!match.Success)
            return false;
        var place = match.Groups["place"].Value;
        var file = place.EndsWith(".o", StringComparison.Ordinal) || place.Contains('(', StringComparison.Ordinal) ? FileOfObject(place)
            : _linkedFile is not null && string.Equals(Path.GetFileName(_linkedFile), Path.GetFileName(place), StringComparison.Ordinal) ? _linkedFile
            : _linkedFile is not null && string.Equals(Path.GetFileName(_linkedFile), Path.GetFileNameWithoutExtension(place), StringComparison.Ordinal) ? _linkedFile + Path.GetExtension(place)
            : match.Groups["line"].Success && place.Contains('/', StringComparison.Ordinal) && place[0] != '/' ? ProjectPath(place)
            : null;
        var text = Patterns.ObjectPath.Replace(match.Groups["text"].Value, found => ProjectPath(found.Groups["source"].Value));
        var warns = text.StartsWith("warning: ", StringComparison.Ordinal);
        Report(file, Number(match.Groups["line"]), null, warns ? BuildSeverity.Warning : BuildSeverity.Error, warns ? text["warning: ".Length..] : text);
        return true;
    }

    // "InvalidProjectConfError: Invalid '...platformio.ini' (project configuration file): '... [line: 3]'": PlatformIO ends with the name of the exception.
    private bool TryPlatformio(string line)
    {
        // The second line of the same message.
        if (_messages.Count > 0 && _messages[^1] is { File: ProjectFileName, Line: null } last && Patterns.PlatformioPlace.Match(line) is { Success: true } place)
        {
            _messages[^1] = last with { Line = Number(place.Groups["line"]) };
            return true;
        }

        var match = Patterns.Platformio.Match(line);
        if (!match.Success)
            return false;
        var text = match.Groups["text"].Value.Trim();
        var at = Patterns.PlatformioLine.Match(text);
        var isProject = match.Groups["name"].Value is "InvalidProjectConfError" or "UndefinedEnvPlatformError" or "UnknownEnvNamesError" or "ProjectEnvsNotAvailableError" or "UnknownBoard" or "UnknownFramework";
        Report(isProject ? ProjectFileName : null, isProject && at.Success ? Number(at.Groups["line"]) : null, null, BuildSeverity.Error, text.Length == 0 ? match.Groups["name"].Value : text);
        return true;
    }

    // "Error: The program size (1400000 bytes) is greater than maximum allowed (1310720 bytes)": PlatformIO of a board's limits; of the data it warns.
    // "Error: app partition is too small for binary lamp.bin size 0x1a2b30:": ESP-IDF of the partition table.
    private bool TrySize(string line)
    {
        var match = Patterns.Size.Match(line);
        if (match.Success)
            Report(null, null, null, match.Groups["severity"].ValueSpan is "Error:" ? BuildSeverity.Error : BuildSeverity.Warning, match.Groups["text"].Value);
        return match.Success;
    }

    private void TryTool(string line)
    {
        var match = Patterns.Tool.Match(line);
        if (!match.Success)
            match = Patterns.PlainTool.Match(line);
        if (!match.Success)
            return;
        var tool = Path.GetFileName(match.Groups["tool"].Value);
        var severity = Severity(match.Groups["severity"].Value);
        var text = match.Groups["text"].Value;
        // The summary of what was said before is worth nothing beside it.
        var summary = text.StartsWith("ld returned", StringComparison.Ordinal) || text.StartsWith("linker command failed", StringComparison.Ordinal);
        if (!summary || !_messages.Exists(message => message.Severity == BuildSeverity.Error))
            Report(null, null, null, severity, $"{tool}: {text}");
    }

    private bool TryCMake(string line)
    {
        var match = Patterns.CMake.Match(line);
        if (!match.Success)
            return false;
        FinishCMake();
        var file = match.Groups["file"].Value;
        _cmake = new PendingCMake(
            file is "" or "CMakeLists.txt" ? null : file,
            file is "" or "CMakeLists.txt" ? null : Number(match.Groups["line"]),
            match.Groups["severity"].Value is "Error" ? BuildSeverity.Error : BuildSeverity.Warning,
            match.Groups["text"].Value.Trim());
        return true;
    }

    private bool ContinuesCMake(string line)
    {
        if (_cmake is not { } pending)
            return false;
        if (line.StartsWith("  ", StringComparison.Ordinal) && pending.Text.Length < MaxTextCharacters)
        {
            _cmake = pending with { Text = $"{pending.Text} {line.Trim()}".Trim() };
            return true;
        }

        if (line.Length == 0 && pending.Text.Length == 0)
            return true;
        FinishCMake();
        return line.Length == 0;
    }

    private void FinishCMake()
    {
        if (_cmake is not { } pending)
            return;
        _cmake = null;
        Report(pending.File, pending.Line, null, pending.Severity, pending.Text.Length == 0 ? "CMake stopped." : pending.Text);
    }

    private void Report(string? file, int? line, int? column, BuildSeverity severity, string text)
    {
        text = text.Trim();
        var message = new BuildMessage(file, line, column, severity, text.Length <= MaxTextCharacters ? text : text[..(MaxTextCharacters - 1)] + "…");
        if (_messages.Count < MaxMessages && _seen.Add(message))
            _messages.Add(message);
    }

    // CMakeFiles/app.dir/project/src/main.c.o is src/main.c; what is inside a library is nobody's file.
    private static string? FileOfObject(string path)
    {
        var match = Patterns.ObjectPath.Match(path);
        return match.Success && !path.Contains('(', StringComparison.Ordinal) ? ProjectPath(match.Groups["source"].Value) : null;
    }

    private static string ProjectPath(string path)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["./", BuildJob.ProjectFolder + "/", BuildJob.GeneratedFolder + "/"])
        {
            if (path.Length > prefix.Length && path.StartsWith(prefix, StringComparison.Ordinal))
                path = path[prefix.Length..];
        }

        return path;
    }

    private static int? Number(Group group) => int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private static BuildSeverity Severity(string word) => word switch
    {
        "warning" => BuildSeverity.Warning,
        "note" => BuildSeverity.Note,
        _ => BuildSeverity.Error,
    };

    private sealed record PendingCMake(string? File, int? Line, BuildSeverity Severity, string Text);

    // Without backtracking, so that no line, however odd, takes more than linear time.
    private static class Patterns
    {
        private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant;

        internal static readonly Regex Compiler = new(@"^(?<file>[^\s:][^:]*):(?<line>\d{1,9}):((?<column>\d{1,9}):)?\s*(?<severity>fatal error|error|warning|note):\s*(?<text>.*)$", Linear);
        internal static readonly Regex CMake = new(@"^CMake (?<severity>Error|Warning|Deprecation Warning)( \(dev\))?( at (?<file>[^:]+):(?<line>\d{1,9})( \([^)]*\))?)?:(?<text>.*)$", Linear);
        internal static readonly Regex LinkedFunction = new(@"^(\S*ld(\.[a-z]+)?: )?(?<object>\S+\.o(bj)?\)?): in function .*$", Linear);
        internal static readonly Regex LinkedPlace = new(@"^(\S*ld(\.[a-z]+)?: )?(?<place>[^:\s]+):((?<line>\d{1,9})(:\([^:]*\))?|\([^:]*\)): (?<text>(undefined reference to|multiple definition of|relocation|warning:).*)$", Linear);
        internal static readonly Regex ObjectPath = new(@"(CMakeFiles/[^/\s]+\.dir|\.pio/build/[^/\s]+)/(?<source>[^\s:]+)\.o(bj)?(:\([^)]*\))?", Linear);
        internal static readonly Regex Platformio = new(@"^([a-z_]+\.)*(?<name>[A-Z][A-Za-z]{2,60}(Error|Exception)|UnknownBoard|UnknownFramework|UnknownPlatform|UnknownPackageError): (?<text>.*)$", Linear);
        internal static readonly Regex PlatformioPlace = new(@"^file: '.*', line: (?<line>\d{1,9})$", Linear);
        internal static readonly Regex PlatformioLine = new(@"line:? +(?<line>\d{1,9})", Linear);
        internal static readonly Regex Size = new(
            @"^(?<severity>Error:|Warning[!:]) (?<text>The (program|data) size \([0-9]+ bytes\) is greater than maximum allowed \([0-9]+ bytes\)|([0-9]+/)?[A-Za-z0-9 ]+ (partition is|partitions are) too small for binary \S+ size 0x[0-9a-f]+|The smallest \S+ partition is nearly full \(.*\)|Bootloader binary size 0x[0-9a-f]+ bytes is too large for partition table offset 0x[0-9a-f]+).*$",
            Linear);
        internal static readonly Regex Tool = new(@"^(?<tool>[A-Za-z0-9_./+-]+): (?<severity>fatal error|error|warning):\s*(?<text>.*)$", Linear);
        internal static readonly Regex PlainTool = new(@"^(?<tool>\S*ld(\.[a-z]+)?|\S*ef_mkimage): (?<text>(cannot find |cannot open |final link failed|--|region `).*|\S+ section `.*' will not fit in region `.*|.*: (file (format )?not recognized|is |must be |cannot be ).*)$", Linear);
    }
}
