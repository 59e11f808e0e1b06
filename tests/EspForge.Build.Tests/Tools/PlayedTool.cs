namespace EspForge.Build.Tests.Tools;

/// <summary>A tool that is played: <c>Transcripts/replay.sh</c> with an index of what fits which arguments. It runs in the real sandbox, mounted as the real tool is.</summary>
internal sealed class PlayedTool
{
    private const UnixFileMode Program = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private readonly List<string> _index = [];
    private readonly string _folder;
    private readonly string _transcripts;

    public PlayedTool(string directory, string folder)
    {
        _folder = folder;
        Directory = System.IO.Directory.CreateDirectory(directory).FullName;
        _transcripts = System.IO.Directory.CreateDirectory(Path.Combine(Directory, "transcripts")).FullName;
        foreach (var file in System.IO.Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Transcripts", folder)))
            File.Copy(file, Path.Combine(_transcripts, Path.GetFileName(file)));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Transcripts", "replay.sh"), Path.Combine(_transcripts, "replay.sh"));
    }

    public string Directory { get; }

    /// <summary>From now on, arguments that fit the pattern (as a shell's <c>case</c> has it) are answered by a transcript; later ones go first.</summary>
    public PlayedTool On(string pattern, string transcript)
    {
        Assert.True(File.Exists(Path.Combine(_transcripts, transcript)), $"{_folder}/{transcript}");
        _index.Insert(0, $"{pattern}|{transcript}");
        File.WriteAllText(Path.Combine(_transcripts, "index"), string.Join('\n', _index) + "\n");
        return this;
    }

    public PlayedTool With(string file, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(_transcripts, file), content);
        return this;
    }

    public string AddProgram(string path, string text)
    {
        var full = Path.Combine(Directory, path);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        File.SetUnixFileMode(full, Program);
        return full;
    }
}
