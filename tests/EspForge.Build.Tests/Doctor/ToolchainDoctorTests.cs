namespace EspForge.Build.Tests.Doctor;

public sealed class ToolchainDoctorTests : IDisposable
{
    private readonly Workplace _place = new();

    public ToolchainDoctorTests()
    {
        _place.Options.PlatformioProgram = Path.Combine(_place.Root, "nowhere/bin/pio");
        _place.Options.IdfDirectory = Path.Combine(_place.Root, "nowhere/idf");
    }

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Everything_is_examined_and_what_is_missing_comes_with_its_command()
    {
        var reports = (await Doctor().ExamineAsync()).ToDictionary(report => report.Id, StringComparer.Ordinal);
        Assert.Equal(["host", "platformio", "esp-idf", "sandbox", "language-server", "compiler-cache"], reports.Keys);
        Assert.True(reports["host"].IsReady);
        Assert.Contains("cmake", reports["host"].Versions, StringComparison.Ordinal);
        Assert.Empty(reports["host"].Missing);
        Assert.False(reports["platformio"].IsReady);
        Assert.Contains("pip install platformio", Assert.Single(reports["platformio"].Missing).Command, StringComparison.Ordinal);
        Assert.False(reports["esp-idf"].IsReady);
        Assert.All(reports["esp-idf"].Missing, need => Assert.NotEmpty(need.Command));
        Assert.True(reports["sandbox"].IsReady);
        Assert.Matches(@"bubblewrap \d", reports["sandbox"].Versions);
        Assert.All(reports.Values, report => Assert.False(report.CanInstall));
    }

    [Fact]
    public async Task A_plain_process_is_no_sandbox()
    {
        _place.Options.Sandbox = SandboxKind.Process;
        var report = Assert.Single(await Doctor().ExamineAsync(), report => report.Id == "sandbox");
        Assert.False(report.IsReady);
        Assert.NotEmpty(report.Missing);
    }

    [Fact]
    public async Task Nothing_is_installed_unless_the_host_allows_it()
    {
        using var installer = new ToolchainInstaller(_place.Wrapped);
        var fault = (await installer.InstallAsync("platformio")).Fault;
        Assert.Equal("install-not-allowed", fault?.Code);
        Assert.Contains("python3 -m venv", fault!.Message, StringComparison.Ordinal);
        Assert.False(installer.CanInstall("platformio"));
    }

    [Theory]
    [InlineData("nosuch")]
    [InlineData("host; rm -rf /")]
    [InlineData("")]
    public async Task Only_what_is_on_the_list_can_be_installed(string id)
    {
        _place.Options.AllowInstall = true;
        using var installer = new ToolchainInstaller(_place.Wrapped);
        Assert.Equal("install-unknown", (await installer.InstallAsync(id)).Fault?.Code);
        Assert.Null(installer.CommandOf(id));
    }

    [Theory]
    [InlineData("host")]
    [InlineData("platformio")]
    [InlineData("esp-idf")]
    [InlineData("sandbox")]
    [InlineData("language-server")]
    [InlineData("compiler-cache")]
    public void Every_thing_the_doctor_knows_has_commands_without_a_shell(string id)
    {
        var recipe = InstallRecipe.Find(id, _place.Options)!;
        Assert.All(recipe.Steps, step => Assert.DoesNotContain(Path.GetFileName(step.Program), (string[])["sh", "bash", "sudo"]));
        Assert.NotEmpty(recipe.InWords);
    }

    private ToolchainDoctor Doctor()
    {
        var sandboxes = new SandboxSelector(_place.Wrapped);
        return new ToolchainDoctor([new HostToolchain(sandboxes, _place.Wrapped), new PlatformioToolchain(_place.Wrapped), new EspIdfToolchain(_place.Wrapped)], sandboxes, _place.Wrapped, new ToolchainInstaller(_place.Wrapped));
    }
}
