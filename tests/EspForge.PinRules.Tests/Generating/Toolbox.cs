using System.ComponentModel;
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

    /// <summary>Runs a script with the system's Python, which has the system's packages: another python3 that comes first on the path need not.</summary>
    public string Python(string script) => Run("/usr/bin/python3", "-c", script);

    /// <summary>Runs a tool in the folder; what it says on standard output. A tool that is missing fails the test with the package that has it.</summary>
    public string Run(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool) { WorkingDirectory = _folder.FullName, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Start(start);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{Hint(errors.Result)}{tool} {string.Join(' ', arguments)}: {errors.Result}{output}");
        return output;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            var package = start.FileName switch { "dtc" => "device-tree-compiler", "/usr/bin/python3" => "python3-yaml", var name => name };
            Assert.Fail($"{start.FileName} is missing. On Debian: apt-get install {package}");
            throw;
        }
    }

    private static string Hint(string errors) => errors.Contains("No module named 'yaml'", StringComparison.Ordinal) ? "PyYAML is missing. On Debian: apt-get install python3-yaml\n" : "";
}
