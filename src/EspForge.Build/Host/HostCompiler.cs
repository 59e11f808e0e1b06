using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace EspForge.Build;

/// <summary>The programs a host build uses, found where a sandbox finds them.</summary>
/// <param name="CMake">Path of cmake.</param>
/// <param name="Compiler">Path of gcc or clang.</param>
/// <param name="Generator">CMake's name for the build tool.</param>
/// <param name="Status">What was found, for a person.</param>
internal sealed partial record HostCompiler(string CMake, string Compiler, string Generator, ToolchainStatus Status)
{
    private const string Install = "On Debian or Ubuntu: apt-get install cmake ninja-build gcc libc6-dev libmbedtls-dev libcurl4-openssl-dev";
    private static readonly Version OldestCMake = new(3, 20);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(20);

    public static async Task<Outcome<HostCompiler>> FindAsync(CancellationToken cancellationToken)
    {
        var cmake = Programs.Find("cmake");
        var compiler = Programs.Find("gcc") ?? Programs.Find("cc") ?? Programs.Find("clang");
        var ninja = Programs.Find("ninja");
        var make = Programs.Find("make");
        var missing = new List<string>();
        if (cmake is null)
            missing.Add("cmake");
        if (compiler is null)
            missing.Add("gcc");
        if (ninja is null && make is null)
            missing.Add("ninja or make");
        if (!HasHeader("psa/crypto.h"))
            missing.Add("Mbed TLS with psa/crypto.h");
        if (!HasHeader("curl/curl.h"))
            missing.Add("libcurl's headers");
        if (missing.Count > 0)
            return Missing($"Not installed: {string.Join(", ", missing)}.");

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProbeLimit);
        try
        {
            var cmakeVersion = await VersionAsync(cmake!, limit.Token);
            var compilerVersion = await VersionAsync(compiler!, limit.Token);
            var buildVersion = await VersionAsync((ninja ?? make)!, limit.Token);
            if (cmakeVersion is null || compilerVersion is null)
                return Missing("cmake or the compiler does not run.");
            if (Version.TryParse(cmakeVersion, out var version) && version < OldestCMake)
                return Missing($"cmake {cmakeVersion} is too old; {OldestCMake} or newer is needed.");
            var tools = $"cmake {cmakeVersion}, {Path.GetFileName(compiler)} {compilerVersion}, {(ninja is null ? "make" : "ninja")} {buildVersion ?? "of an unknown version"}";
            return new HostCompiler(cmake!, compiler!, ninja is null ? "Unix Makefiles" : "Ninja", new ToolchainStatus(HostToolchain.ToolchainName, tools, Architecture()));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Missing("cmake or the compiler did not answer within 20 seconds.");
        }
    }

    private static async Task<string?> VersionAsync(string program, CancellationToken cancellationToken)
    {
        string? found = null;
        var ran = await ToolProcess.RunAsync(program, ["--version"], "/", (_, line) =>
        {
            if (Number().Match(line) is { Success: true } match)
                Interlocked.CompareExchange(ref found, match.Value, null);
        }, cancellationToken);
        return ran.TryGet(out var exit, out _) && exit == 0 ? found : null;
    }

    // /usr/include, /usr/local/include, and /usr/include/x86_64-linux-gnu and the like.
    private static bool HasHeader(string header) =>
        File.Exists($"/usr/include/{header}") || File.Exists($"/usr/local/include/{header}")
        || (Directory.Exists("/usr/include") && Directory.EnumerateDirectories("/usr/include", "*-linux-*").Any(directory => File.Exists(Path.Combine(directory, header))));

    private static string Architecture() => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static Fault Missing(string what) => new("toolchain-missing", $"{what} {Install}");

    [GeneratedRegex(@"[0-9]{1,6}\.[0-9]{1,6}(\.[0-9]{1,6})?", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Number();
}
