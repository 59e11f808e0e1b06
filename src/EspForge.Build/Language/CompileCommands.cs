using System.Text;
using System.Text.Json;

namespace EspForge.Build;

/// <summary>
/// Compile commands for the language server. What a tool wrote is a project's to decide; of its flags only those pass that say how to read the sources. None of them
/// loads code or writes a file.
/// </summary>
internal static class CompileCommands
{
    private const int MaxCommands = 4_096;
    private const int MaxFlags = 4_096;

    private static readonly string[] Sources = [".c", ".cc", ".cpp", ".cxx", ".ino", ".S", ".s"];
    private static readonly string[] WithValue = ["-I", "-D", "-U", "-isystem", "-iquote", "-include", "-idirafter", "-imacros", "-x"];
    private static readonly string[] Plain = ["-nostdinc", "-nostdinc++", "-undef", "-ansi", "-pthread", "-trigraphs"];
    private static readonly string[] Prefixes = ["-std=", "-W", "-fno-", "-ffreestanding", "-funsigned-", "-fsigned-", "-fshort-", "-fms-extensions", "-fpermissive", "-fexceptions", "-frtti"];

    /// <summary>Reads <c>compile_commands.json</c>; only files of the project are taken.</summary>
    public static Outcome<IReadOnlyList<CompileCommand>> Read(ReadOnlyMemory<byte> json, BuildJob job)
    {
        var root = job.PathInside(Path.Combine(job.Directory, BuildJob.ProjectFolder));
        var found = new List<CompileCommand>();
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var entry in document.RootElement.EnumerateArray().Take(MaxCommands))
            {
                var directory = entry.GetProperty("directory").GetString()!;
                var file = Path.GetFullPath(Path.Combine(directory, entry.GetProperty("file").GetString()!));
                if (!SandboxPaths.TryRelative(root, file, out var relative) || relative.StartsWith("/.pio/", StringComparison.Ordinal))
                    continue;
                var words = entry.TryGetProperty("arguments", out var list) ? [.. list.EnumerateArray().Select(word => word.GetString()!)] : Split(entry.GetProperty("command").GetString()!);
                found.Add(new CompileCommand(file, [IsPlusPlus(file) ? "c++" : "cc", .. Filter(words.Skip(1), directory)]));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            return new Fault("toolchain-failed", "The compile commands are in a form that is not understood.");
        }

        return found;
    }

    /// <summary>Made-up commands: every source file, every directory with a header in some usual places.</summary>
    /// <param name="job">The job.</param>
    /// <param name="roots">Directories of the project to search for headers; the root is always one.</param>
    public static IReadOnlyList<CompileCommand> Guess(BuildJob job, IEnumerable<string> roots)
    {
        string Inside(string path) => job.PathInside(Path.Combine(job.Directory, path));
        var wanted = roots.ToList();
        var directories = job.Request.Files.Where(file => Path.GetExtension(file.Path) is ".h" or ".hpp" or ".hh")
            .Select(file => Path.GetDirectoryName(file.Path) ?? "").Where(directory => directory.Length == 0 || wanted.Contains(directory.Split('/')[0], StringComparer.Ordinal))
            .Append("").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        List<string> flags = [$"-I{Inside(BuildJob.GeneratedFolder)}", .. directories.Select(directory => "-I" + Inside(directory.Length == 0 ? BuildJob.ProjectFolder : $"{BuildJob.ProjectFolder}/{directory}")), "-Wall", "-Wno-unknown-attributes"];
        return
        [
            .. job.Request.Files.Where(file => Sources.Contains(Path.GetExtension(file.Path), StringComparer.Ordinal))
                .Select(file => new CompileCommand(Inside($"{BuildJob.ProjectFolder}/{file.Path}"), IsPlusPlus(file.Path) ? ["c++", "-std=gnu++17", "-xc++", .. flags] : ["cc", "-std=gnu11", .. flags])),
        ];
    }

    /// <summary>The flags that say how sources are read; paths are made absolute.</summary>
    internal static IEnumerable<string> Filter(IEnumerable<string> words, string directory)
    {
        string? pending = null;
        foreach (var word in words.Take(MaxFlags))
        {
            if (pending is not null)
            {
                yield return pending;
                yield return Absolute(pending, word, directory);
                pending = null;
            }
            else if (WithValue.Contains(word, StringComparer.Ordinal))
            {
                pending = word;
            }
            else if (word.Length > 2 && word.AsSpan(0, 2) is "-I" or "-D" or "-U")
            {
                yield return word[..2] + Absolute(word[..2], word[2..], directory);
            }
            else if (Plain.Contains(word, StringComparer.Ordinal) || (Array.Exists(Prefixes, prefix => word.StartsWith(prefix, StringComparison.Ordinal)) && !word.Contains(',', StringComparison.Ordinal)))
            {
                yield return word;
            }
        }
    }

    /// <summary>Splits a command as a POSIX shell would, without expanding anything.</summary>
    internal static List<string> Split(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (isWord, quote) = (false, '\0');
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (quote != '\0')
            {
                if (c == quote)
                    quote = '\0';
                else if (c == '\\' && quote == '"' && i + 1 < command.Length && command[i + 1] is '"' or '\\' or '$' or '`')
                    word.Append(command[++i]);
                else
                    word.Append(c);
            }
            else if (c is '"' or '\'')
            {
                (isWord, quote) = (true, c);
            }
            else if (c == '\\' && i + 1 < command.Length)
            {
                isWord = true;
                word.Append(command[++i]);
            }
            else if (char.IsWhiteSpace(c))
            {
                if (isWord)
                    words.Add(word.ToString());
                word.Clear();
                isWord = false;
            }
            else
            {
                isWord = true;
                word.Append(c);
            }
        }

        if (isWord)
            words.Add(word.ToString());
        return words;
    }

    private static string Absolute(string flag, string value, string directory) => flag is "-D" or "-U" or "-x" ? value : Path.GetFullPath(Path.Combine(directory, value));

    private static bool IsPlusPlus(string path) => Path.GetExtension(path) is ".cpp" or ".cc" or ".cxx" or ".ino" or ".hpp";
}
