using System.Diagnostics;

namespace EspForge.EndToEnd.Tests;

/// <summary>The bootloader and images for the tests that run the real agent, built once with CMake as a firmware developer would.</summary>
public sealed class HostToolsFixture : IAsyncLifetime
{
    private string _agentLibrary = "";
    private string _makeImage = "";
    private readonly string _directory = Directory.CreateTempSubdirectory("espforge-tools-").FullName;

    /// <summary>The bootloader process.</summary>
    public string Bootloader { get; private set; } = "";

    /// <summary>Image 0.1.0, what a device leaves the factory with.</summary>
    public string Factory { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var firmware = Path.Combine(Checkout.Root, "firmware");
        var build = Path.Combine(_directory, "build");
        await RunAsync("cmake", "-S", firmware, "-B", build, "-G", "Ninja", "-DEF_TESTS=OFF");
        await RunAsync("cmake", "--build", build);
        Bootloader = Built("ef_bootloader");
        _makeImage = Built("ef_mkimage");
        _agentLibrary = Built("libespforge.a");
        Factory = await ImageAsync("0.1.0", "void ef_app_setup(ef_app *app) { ef_app_log(app, \"factory\"); }");
    }

    /// <summary>Builds an application out of the tree and returns the path of its image.</summary>
    public async Task<string> ImageAsync(string version, string source)
    {
        var project = Path.Combine(_directory, "app-" + Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(project);
        await File.WriteAllTextAsync(Path.Combine(project, "main.c"), "#include <stdlib.h>\n#include \"espforge/app.h\"\n" + source + "\nvoid ef_app_loop(ef_app *app, int64_t now_ms) { (void)app; (void)now_ms; }\n");
        await File.WriteAllTextAsync(Path.Combine(project, "CMakeLists.txt"), $"""
            cmake_minimum_required(VERSION 3.20)
            project(app C)
            include({Checkout.Root}/firmware/cmake/espforge_host.cmake)
            espforge_host_image(app SOURCES main.c PROJECT_NAME "test" VERSION "{version}" CHIP "{VirtualDevice.Chip}")
            """);
        var build = Path.Combine(project, "build");
        await RunAsync("cmake", "-S", project, "-B", build, "-G", "Ninja", $"-DESPFORGE_AGENT_LIBRARY={_agentLibrary}", $"-DESPFORGE_MKIMAGE={_makeImage}");
        await RunAsync("cmake", "--build", build);
        return Path.Combine(build, "app.efi");
    }

    private string Built(string name) => Directory.GetFiles(Path.Combine(_directory, "build"), name, SearchOption.AllDirectories).First();

    public Task DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return Task.CompletedTask;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{await output}\n{await errors}");
    }
}
