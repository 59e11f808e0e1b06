using System.Runtime.InteropServices;

namespace EspForge.Build;

/// <summary>The programs a host build uses, found where a sandbox finds them.</summary>
/// <param name="CMake">Path of cmake.</param>
/// <param name="Compiler">Path of gcc or clang.</param>
/// <param name="Generator">CMake's name for the build tool.</param>
/// <param name="CompilerCache">Path of ccache, where it is installed.</param>
/// <param name="Status">What was found, for a person.</param>
internal sealed record HostCompiler(string CMake, string Compiler, string Generator, string? CompilerCache, ToolchainStatus Status)
{
    /// <summary>The packages a host build needs, by their Debian names.</summary>
    public const string Packages = "cmake ninja-build gcc libc6-dev libmbedtls-dev libcurl4-openssl-dev";

    private const string Install = $"On Debian or Ubuntu: apt-get install {Packages}";
    private static readonly Version OldestCMake = new(3, 20);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(20);

    public static async Task<Outcome<HostCompiler>> FindAsync(CancellationToken cancellationToken)
    {
        var cmake = Programs.Find("cmake");
        var compiler = Programs.Find("gcc") ?? Programs.Find("cc") ?? Programs.Find("clang");
        var ninja = Programs.Find("ninja");
        var make = Programs.Find("make");
        var missing = FindMissing();
        if (missing.Count > 0)
            return Missing($"Not installed: {string.Join(", ", missing.Select(need => need.What))}.");

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProbeLimit);
        try
        {
            var cmakeVersion = await ToolVersion.AskAsync(cmake!, limit.Token);
            var compilerVersion = await ToolVersion.AskAsync(compiler!, limit.Token);
            var buildVersion = await ToolVersion.AskAsync((ninja ?? make)!, limit.Token);
            if (cmakeVersion is null || compilerVersion is null)
                return Missing("cmake or the compiler does not run.");
            if (Version.TryParse(cmakeVersion, out var version) && version < OldestCMake)
                return Missing($"cmake {cmakeVersion} is too old; {OldestCMake} or newer is needed.");
            var tools = $"cmake {cmakeVersion}, {Path.GetFileName(compiler)} {compilerVersion}, {(ninja is null ? "make" : "ninja")} {buildVersion ?? "of an unknown version"}";
            var status = new ToolchainStatus(HostToolchain.ToolchainName, tools, Architecture()) { Identity = string.Join('\n', tools, compiler, StampOf(compiler!), StampOf(cmake!)) };
            return new HostCompiler(cmake!, compiler!, FindGenerator(), Programs.Find("ccache"), status);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Missing("cmake or the compiler did not answer within 20 seconds.");
        }
    }

    /// <summary>What is not installed.</summary>
    public static IReadOnlyList<ToolchainNeed> FindMissing()
    {
        var missing = new List<ToolchainNeed>();
        void Need(bool isThere, string what, string why, string package)
        {
            if (!isThere)
                missing.Add(new ToolchainNeed(what, why, $"apt-get install {package}"));
        }

        Need(Programs.Find("cmake") is not null, "cmake", "runs the build", "cmake");
        Need((Programs.Find("gcc") ?? Programs.Find("cc") ?? Programs.Find("clang")) is not null, "gcc", "compiles", "gcc libc6-dev");
        Need((Programs.Find("ninja") ?? Programs.Find("make")) is not null, "ninja or make", "runs the compiler", "ninja-build");
        Need(HasHeader("psa/crypto.h"), "Mbed TLS with psa/crypto.h", "the agent's cryptography", "libmbedtls-dev");
        Need(HasHeader("curl/curl.h"), "libcurl's headers", "the virtual device's network", "libcurl4-openssl-dev");
        return missing;
    }

    /// <summary>Whether the programs are still those that were found: their size and when they were written, which an upgrade changes, and those that may come and go.</summary>
    public bool IsCurrent => Status.Identity.EndsWith(string.Join('\n', StampOf(Compiler), StampOf(CMake)), StringComparison.Ordinal)
        && string.Equals(CompilerCache, Programs.Find("ccache"), StringComparison.Ordinal) && string.Equals(Generator, FindGenerator(), StringComparison.Ordinal);

    private static string FindGenerator() => Programs.Find("ninja") is null ? "Unix Makefiles" : "Ninja";

    private static string StampOf(string program)
    {
        var info = new FileInfo(program);
        var real = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
        return real.Exists ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{real.Length}@{real.LastWriteTimeUtc.Ticks}") : "gone";
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
}
