import { PolicySection } from "./policies/policy-section.tsx";

const LimitsSection = () => <PolicySection group="limits" />;
export default LimitsSection;
