using System.Diagnostics;

namespace EspForge.PinRules.Tests.Generating;

/// <summary>The real tools that generated files go to.</summary>
internal sealed class Toolbox : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("espforge-code-");

    public void Dispose() => _folder.Delete(recursive: true);

    public string Put(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs a tool in the folder; what it says on standard output.</summary>
    public string Run(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool) { WorkingDirectory = _folder.FullName, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)}: {errors.Result}{output}");
        return output;
    }
}
