using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace EspForge.Build;

/// <summary>What a request may hold. Every refusal names the file or field and what to do.</summary>
internal static partial class ProjectRules
{
    private const int MaxPathCharacters = 240;
    private const int MaxSegments = 16;
    private static readonly SearchValues<char> Refused = SearchValues.Create("\"\\$;<>[]`");

    public static Fault? Check(BuildRequest request, BuildOptions options) =>
        CheckNames(request) ?? CheckFiles(request, options);

    internal static Fault? CheckPath(string path)
    {
        if (string.IsNullOrEmpty(path))
            return Invalid("A file has no path.");
        var shown = Shown(path);
        if (path.Length > MaxPathCharacters)
            return Invalid($"The path '{shown}' is longer than {MaxPathCharacters} characters.");
        if (path[0] == '/')
            return Invalid($"The path '{shown}' is absolute; paths are relative to the project.");
        var segments = path.Split('/');
        if (segments.Length > MaxSegments)
            return Invalid($"The path '{shown}' has more than {MaxSegments} segments.");
        foreach (var segment in segments)
        {
            if (segment is "." or "..")
                return Invalid($"The path '{shown}' has a segment '{segment}'; paths stay inside the project.");
            if (!Segment().IsMatch(segment))
                return Invalid($"The path '{shown}' is not allowed: between slashes there are 1-100 of A-Z a-z 0-9 . _ - + @, and no segment begins with a hyphen.");
        }

        return null;
    }

    private static Fault? CheckNames(BuildRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.ProjectName) || Encoding.UTF8.GetByteCount(request.ProjectName) > 31)
            return Invalid("The project's name must be 1-31 bytes.");
        if (request.ProjectName.AsSpan().ContainsAny(Refused) || request.ProjectName.Any(char.IsControl) || !IsWellFormed(request.ProjectName))
            return Invalid("The project's name must not hold control characters or any of \" \\ $ ; < > [ ] `.");
        if (request.Version is null || request.Version.Length > 31 || !SemanticVersion().IsMatch(request.Version))
            return Invalid($"'{Shown(request.Version ?? "")}' is not a version: write SemVer 2.0 such as 1.2.0 or 1.2.0-rc.1, at most 31 characters.");
        if (string.IsNullOrEmpty(request.Toolchain) || request.Toolchain.Length > 32)
            return Invalid("A toolchain has a name of 1-32 characters.");
        if (request.Environment is not null && !EnvironmentName().IsMatch(request.Environment))
            return Invalid($"'{Shown(request.Environment)}' is not the name of an environment: 1-64 of A-Z a-z 0-9 . _ -, the first no hyphen.");
        if (request.CacheScope is { Length: 0 or > 100 })
            return Invalid("A cache scope has 1-100 characters.");
        return request.Chip is not null && ChipName().IsMatch(request.Chip) ? null : Invalid($"'{Shown(request.Chip ?? "")}' is not a chip: 1-15 of a-z 0-9 and hyphen, such as esp32c3.");
    }

    private static Fault? CheckFiles(BuildRequest request, BuildOptions options)
    {
        if (request.Files is null || request.GeneratedFiles is null)
            return Invalid("A request has a list of files.");
        if (request.Files.Count + request.GeneratedFiles.Count > options.MaxFiles)
            return Invalid(string.Create(CultureInfo.InvariantCulture, $"The project has {request.Files.Count + request.GeneratedFiles.Count} files; at most {options.MaxFiles} are built."));

        long total = 0;
        var files = new HashSet<string>(StringComparer.Ordinal);
        var directories = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in request.Files.Concat(request.GeneratedFiles))
        {
            if (CheckPath(file.Path) is { } fault)
                return fault;
            if (file.Content.Length > options.MaxFileBytes)
                return Invalid(string.Create(CultureInfo.InvariantCulture, $"'{file.Path}' has {file.Content.Length:N0} bytes; a file has at most {options.MaxFileBytes:N0}."));
            total += file.Content.Length;
            if (total > options.MaxProjectBytes)
                return Invalid(string.Create(CultureInfo.InvariantCulture, $"With '{file.Path}' the project is larger than {options.MaxProjectBytes:N0} bytes."));
            if (!files.Add(file.Path))
            {
                return Invalid(request.GeneratedFiles.Any(generated => string.Equals(generated.Path, file.Path, StringComparison.Ordinal))
                    ? $"'{file.Path}' is generated for this project; rename or delete the project's own file of that name."
                    : $"'{file.Path}' occurs twice.");
            }

            for (var slash = file.Path.LastIndexOf('/'); slash > 0; slash = file.Path.LastIndexOf('/', slash - 1))
                directories.Add(file.Path[..slash]);
        }

        if (files.FirstOrDefault(directories.Contains) is { } both)
            return Invalid($"'{both}' is a file and a directory.");
        return request.Files.Count > 0 ? null : Invalid("The project has no files.");
    }

    private static bool IsWellFormed(string text) => string.Equals(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), text, StringComparison.Ordinal);

    private static string Shown(string text)
    {
        var shown = string.Concat(text.Take(80).Select(c => char.IsControl(c) ? '?' : c));
        return text.Length > 80 ? shown + "…" : shown;
    }

    private static Fault Invalid(string message) => new("build-invalid", message);

    [GeneratedRegex(@"\A[A-Za-z0-9._+@][A-Za-z0-9._+@-]{0,99}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Segment();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,14}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ChipName();

    [GeneratedRegex(@"\A[A-Za-z0-9._][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex EnvironmentName();

    // semver.org, "Is there a suggested regular expression".
    [GeneratedRegex(@"\A(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SemanticVersion();
}
